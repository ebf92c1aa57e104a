/** The PostgreSQL store: its promises, its settings, its refusals, and what it does not show. */

import assert from 'node:assert/strict';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { after, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { Keeper, PostgresStore, Sandbox, SealKeys, ShutterkeyError, type ErrorCode } from 'shutterkey';
import { checkStore } from 'shutterkey/testing';
import { address, described, KEYS, newSchema, opened } from './support/servers.js';

const DAY = 86_400;
let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

const code = (expected: ErrorCode) => (error: unknown) => {
  assert.ok(error instanceof ShutterkeyError, String(error));
  assert.equal(error.code, expected);
  assert.doesNotMatch(inspect(error), /canary/);
  return true;
};

for (const way of ['port', 'bouncer_port'] as const) {
  test(`it keeps every promise in two handles, by ${way}`, async () => {
    const schemas = new WeakMap<PostgresStore, string>();
    const make = async (): Promise<PostgresStore> => {
      const schema = newSchema();
      const store = opened(schema, way);
      schemas.set(store, schema);
      await store.migrate();
      return store;
    };
    const report = await checkStore(make, { second: (store) => opened(schemas.get(store)!, way), ownClock: true });
    assert.ok(report.passed, String(report));
    // Leases on the database's clock do not follow one of ours.
    assert.deepEqual(
      report.skipped.map(({ why }) => why),
      Array.from({ length: 2 }, () => 'the store has a clock of its own'),
    );
    assert.ok(report.findings.length > 30);
  });
}

test('an account of one handle is the account of another, and other keys open nothing', async () => {
  const schema = newSchema();
  const store = opened(schema);
  await store.migrate();
  await store.check();
  const app = sandbox.app();
  const client = sandbox.client(app);
  const token = sandbox.mintToken('studio', { age: 2 * DAY, app }).reveal();
  await new Keeper({ client, store }).importToken(token, { name: 'me' });
  const beside = new Keeper({ client, store: opened(schema, 'bouncer_port') });
  assert.equal((await beside.token('me')).reveal(), token);
  const wrong = opened(schema, 'port', { sealKeys: SealKeys.generate() });
  await assert.rejects(new Keeper({ client, store: wrong }).account('me'), code('store.seal_invalid'));
});

test('keys are rotated, and a store without keys gets one', async () => {
  const schema = newSchema();
  const plain = opened(schema, 'port', { unsealed: true });
  await plain.migrate();
  const app = sandbox.app();
  const client = sandbox.client(app);
  const token = sandbox.mintToken('studio', { age: 2 * DAY, app }).reveal();
  await new Keeper({ client, store: plain }).importToken(token, { name: 'me' });
  assert.equal((await opened(schema).reseal()).isComplete, false);
  const first = await opened(schema).reseal({ sealPlain: true });
  assert.ok(first.isComplete && first.resealed > 0);
  const newer = SealKeys.generate();
  const both = opened(schema, 'port', { sealKeys: KEYS.rotated(newer).serialize() });
  assert.equal((await both.reseal()).resealed, first.resealed);
  const store = opened(schema, 'port', { sealKeys: newer });
  assert.equal((await new Keeper({ client, store }).token('me')).reveal(), token);
  await assert.rejects(plain.reseal(), code('config.seal_key'));
});

test('migrations are text as well, and tables that are missing are told', async () => {
  const schema = newSchema();
  const store = opened(schema, 'port', { sealKeys: KEYS, tablePrefix: 'keeps_' });
  assert.ok(store.migrations().includes(`"${schema}"."keeps_records"`));
  await assert.rejects(store.check(), code('store.schema'));
  await store.migrate();
  await store.migrate();
  await store.check();
});

test('what goes wrong is of the store family and shows no password', async () => {
  const wrong = new PostgresStore(address('port', 'canary-1'), { sealKeys: KEYS });
  await assert.rejects(wrong.check(), code('store.denied'));
  const away = 'postgres://canary-2:canary-3@127.0.0.1:1/app';
  await assert.rejects(new PostgresStore(away, { sealKeys: KEYS, deadline: 2 }).migrate(), code('store.unavailable'));
});

test('modes of TLS and roots are taken', async () => {
  const schema = newSchema();
  const rootCertificates = readFileSync(described()['root']!);
  const store = opened(schema, 'port', { sealKeys: KEYS, tls: 'verify-full', rootCertificates });
  await store.migrate();
  const texts = { rootCertificates: rootCertificates.toString() };
  await opened(schema, 'port', { sealKeys: KEYS, tls: 'verify-full', ...texts }).check();
  await assert.rejects(opened(schema, 'port', { sealKeys: KEYS, tls: 'verify-full' }).check(), code('store.unavailable'));
});

test('a thousand callers in four processes make one refresh', async () => {
  const [PROCESSES, CALLERS] = [4, 250];
  const schema = newSchema();
  const store = opened(schema, 'bouncer_port');
  await store.migrate();
  const app = sandbox.app();
  const keeper = new Keeper({ client: sandbox.client(app), store });
  const before = sandbox.mintToken('studio', { age: 60 * DAY - 120, app }).reveal();
  const expiresAt = sandbox.clock.now().getTime() + 100_000;
  await keeper.importToken(before, { name: 'me', expiresAt });
  sandbox.fault('refresh_access_token', { kind: 'slow', delayMs: 2000 }, { lasting: true });
  const given = { base: sandbox.baseUrl, clientId: app.clientId, clientSecret: app.revealClientSecret(), schema };
  const children = Array.from({ length: PROCESSES }, () =>
    fork(new URL('./support/storm.js', import.meta.url), { env: { ...process.env, STORM: JSON.stringify(given) } }),
  );
  const exits = children.map((child) => once(child, 'exit') as Promise<[number]>);
  const ready = await Promise.all(children.map((child) => once(child, 'message')));
  assert.ok(ready.every(([word]) => word === 'ready'));
  const answers = children.map((child) => once(child, 'message') as Promise<[Record<string, number>]>);
  for (const child of children) child.send(CALLERS);
  const found = (await Promise.all(answers)).map(([tokens]) => tokens);
  assert.equal(new Set(found.flatMap(Object.keys)).size, 1, 'one token for all');
  assert.deepEqual(found.flatMap(Object.values), Array.from({ length: PROCESSES }, () => CALLERS));
  assert.ok(!(before in found[0]!));
  assert.equal(sandbox.calls('refresh_access_token').length, 1);
  assert.deepEqual((await Promise.all(exits)).map(([code]) => code), [0, 0, 0, 0]);
});

test('a fleet is imported and kept by two keepers over the database', async () => {
  const schema = newSchema();
  await opened(schema).migrate();
  const app = sandbox.app();
  const keepers = (['port', 'bouncer_port'] as const).map(
    (way) => new Keeper({ client: sandbox.client(app), store: opened(schema, way) }),
  );
  const now = Math.floor(sandbox.clock.now().getTime() / 1000);
  const lines = Array.from({ length: 12 }, (_, number) => {
    const { userId, username } = sandbox.person(`person${number}`);
    const token = sandbox.mintToken(username, { app }).reveal();
    return JSON.stringify({ user_id: userId, access_token: token, issued_at: now, expires_at: now + 60 * DAY });
  });
  assert.equal((await keepers[0]!.importMany(lines)).added, 12);
  sandbox.clock.advance(55 * DAY);
  const counts = await Promise.all(keepers.map((keeper) => keeper.run({ perSecond: 1000, once: true })));
  assert.equal(counts[0]!.refreshed + counts[1]!.refreshed, 12);
  assert.equal(sandbox.calls('refresh_access_token', { status: 200 }).length, 12);
});
