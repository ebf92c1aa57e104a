/** Many accounts: taken in, and kept by several at once. */

import assert from 'node:assert/strict';
import { createReadStream } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Client, Keeper, MemoryStore, Sandbox, type FleetCounts, type ImportReport, type Lines, type SandboxApp } from 'shutterkey';
import { finished, until } from './support/fleet.js';

const DAY = 86_400;
let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

function keeper(app: SandboxApp, store = new MemoryStore()): Keeper {
  return new Keeper({ client: sandbox.client(app), store });
}

/** A line for each account, whose token is two days old. */
function lines(app: SandboxApp, accounts: number): string[] {
  const now = Math.floor(sandbox.clock.now().getTime() / 1000);
  return Array.from({ length: accounts }, (_, number) => {
    const person = sandbox.person(`person${number}`);
    return JSON.stringify({
      user_id: person.userId,
      access_token: sandbox.mintToken(person.username, { age: 2 * DAY, app }).reveal(),
      name: `n${number}`,
      issued_at: now - 2 * DAY,
      expires_at: now + 58 * DAY,
    });
  });
}

/** A store with accounts that are all due. */
async function due(app: SandboxApp, accounts: number): Promise<MemoryStore> {
  const store = new MemoryStore();
  assert.equal((await keeper(app, store).importMany(lines(app, accounts))).added, accounts);
  sandbox.clock.advance(55 * DAY);
  return store;
}

const refreshed = (): string[] =>
  sandbox
    .calls('refresh_access_token', { status: 200 })
    .map(({ account }) => account ?? '')
    .sort();

const counts = ({ lines, added, replaced, unchanged, kept, refused }: ImportReport): number[] => [
  lines,
  added,
  replaced,
  unchanged,
  kept,
  refused,
];

test('a path, a stream and iterables of both kinds are taken in, and the provider is not asked', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shutterkey-'));
  t.after(() => rm(folder, { recursive: true }));
  const app = sandbox.app();
  const told = lines(app, 3);
  const path = join(folder, 'accounts.ndjson');
  await writeFile(path, `${told.join('\n')}\n`);
  async function* oneByOne(): AsyncIterable<string> {
    for (const line of told) yield line;
  }
  const bytes = told.map((line) => new TextEncoder().encode(line));
  const sources: Lines[] = [
    path,
    pathToFileURL(path),
    createReadStream(path, { highWaterMark: 7 }),
    new Blob([`${told.join('\n')}`]).stream(),
    told,
    new Set(bytes),
    oneByOne(),
  ];
  const calls = sandbox.calls().length;
  for (const source of sources) {
    const taking = keeper(app);
    assert.deepEqual(counts(await taking.importMany(source)), [3, 3, 0, 0, 0, 0]);
    assert.ok(told[1]!.includes((await taking.token('n1')).reveal()));
  }
  assert.equal(sandbox.calls().length, calls);
});

test('again it changes nothing, and a dry run writes nothing', async () => {
  const app = sandbox.app();
  const told = lines(app, 3);
  const taking = keeper(app);
  assert.deepEqual(counts(await taking.importMany(told, { dryRun: true })), [3, 3, 0, 0, 0, 0]);
  assert.equal((await taking.accounts()).length, 0);
  assert.deepEqual(counts(await taking.importMany(told, { spread: 60 })), [3, 3, 0, 0, 0, 0]);
  assert.deepEqual(counts(await taking.importMany(told)), [3, 0, 0, 3, 0, 0]);
});

test('a line that is wrong is told by its number and does not show', async () => {
  const app = sandbox.app();
  const told = lines(app, 2);
  const wrong = [told[0]!, '', '{"access_token":"canary-1"', new Uint8Array([0x22, 0xff, 0x22]), '\ud800canary-2', told[1]!];
  const report = await keeper(app).importMany(wrong);
  assert.deepEqual(counts(report), [5, 2, 0, 0, 0, 3]);
  assert.deepEqual(
    report.refusals.map(({ line, error }) => [line, error.code]),
    [3, 4, 5].map((line) => [line, 'account.import_line']),
  );
  assert.doesNotMatch(JSON.stringify(report) + String(report.refusals[0]!.error), /canary/);
});

test('what is no source is refused, what a source throws is thrown, and a signal ends the reading', async () => {
  const app = sandbox.app();
  const told = lines(app, 2);
  const taking = keeper(app);
  await assert.rejects(taking.importMany([7] as never), TypeError);
  await assert.rejects(taking.importMany('/nowhere/at/all'), /ENOENT/);
  await assert.rejects(
    taking.importMany(
      (function* () {
        yield* told;
        throw new RangeError('of the source');
      })(),
    ),
    /of the source/,
  );
  const controller = new AbortController();
  const endless = (function* () {
    for (let number = 0; ; number += 1) {
      if (number === 1000) controller.abort();
      yield told[0]!;
    }
  })();
  await assert.rejects(taking.importMany(endless, { signal: controller.signal }), { name: 'AbortError' });
});

test('two keepers share a fleet, and each account is refreshed once', async () => {
  const app = sandbox.app();
  const store = await due(app, 20);
  const told: FleetCounts[] = [];
  const keepers = [keeper(app, store), keeper(app, store)];
  const ran = await Promise.all(
    keepers.map((each) => each.run({ perSecond: 1000, once: true, onProgress: (counts) => told.push(counts) })),
  );
  assert.equal(new Set(refreshed()).size, 20);
  assert.equal(refreshed().length, 20);
  assert.equal(ran[0]!.refreshed + ran[1]!.refreshed, 20);
  assert.ok(told.some(({ refreshed }) => refreshed > 0));
  assert.equal((await keeper(app, store).run({ once: true })).accounts, 0);
});

test('what becomes due while it runs is refreshed, and an abort answers the counts', async () => {
  const app = sandbox.app();
  const keeping = keeper(app);
  await keeping.importMany(lines(app, 4));
  const controller = new AbortController();
  const running = keeping.run({ poll: 0.05, perSecond: 100, signal: controller.signal });
  await sleep(300);
  assert.equal(refreshed().length, 0);
  sandbox.clock.advance(55 * DAY);
  await until(() => refreshed().length === 4);
  controller.abort();
  assert.equal((await running).refreshed, 4);
});

test('an abort mid-way finishes what is under way and gives the rest back', async () => {
  const app = sandbox.app();
  const store = await due(app, 3);
  sandbox.fault('refresh_access_token', { kind: 'slow', delayMs: 1000 }, { times: 2 });
  const controller = new AbortController();
  const running = keeper(app, store).run({ atOnce: 2, perSecond: 100, signal: controller.signal });
  await sleep(400);
  controller.abort();
  assert.equal(await finished(running, 100), false);
  assert.equal((await running).refreshed, 2);
  assert.equal(refreshed().length, 2);
  // It was given back: nobody has to wait for a claim to end.
  assert.equal((await keeper(app, store).run({ once: true })).refreshed, 1);
});

test('a run that was aborted before does nothing, and rates that are none are refused', async () => {
  const app = sandbox.app();
  const store = await due(app, 2);
  assert.equal((await keeper(app, store).run({ signal: AbortSignal.abort() })).accounts, 0);
  assert.equal(refreshed().length, 0);
  for (const wrong of [{ perSecond: 0 }, { perSecond: Number.NaN }, { atOnce: 0 }, { perSecond: -1 }]) {
    await assert.rejects(keeper(app, store).run({ ...wrong, once: true }), RangeError);
  }
});

test('what onProgress throws stops the run and is thrown', async () => {
  const app = sandbox.app();
  const store = await due(app, 2);
  const running = keeper(app, store).run({
    perSecond: 1000,
    onProgress: () => {
      throw new RangeError('of the caller');
    },
  });
  await assert.rejects(running, /of the caller/);
  assert.equal(refreshed().length, 2);
});

test('a clock that is a function of the caller is looked at while a fleet is kept', async () => {
  const app = sandbox.app();
  let moved = 0;
  const client = new Client(app.config(), { clock: () => sandbox.clock.now().getTime() + moved });
  const keeping = new Keeper({ client, store: new MemoryStore() });
  await keeping.importMany(lines(app, 1));
  const controller = new AbortController();
  const running = keeping.run({ poll: 0.05, signal: controller.signal });
  sandbox.clock.advance(2 * DAY);
  moved = 53 * DAY * 1000;
  await until(() => refreshed().length === 1);
  controller.abort();
  assert.equal((await running).refreshed, 1);
});
