/** Scenarios: from a file and from an object, all or nothing, and what was made by the names that were given; and switches. */

import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { Keeper, MemoryStore, Sandbox, SandboxError, type Scenario } from 'shutterkey';

const EXAMPLE = new URL('../../../examples/sandbox/scenario.toml', import.meta.url);

const SHOP: Scenario = {
  clock: { now: '2026-03-01T09:00:00Z', frozen: true },
  people: { ada: { account_type: 'Media_Creator' } },
  apps: { shop: { product: 'instagram', redirect_uris: ['https://localhost/'], testers: ['ada'] } },
  tokens: { old: { app: 'shop', person: 'ada', age_seconds: 86_400 } },
  faults: [{ endpoint: '/me', kind: 'slow', delay_ms: 5, client_id: 'shop' }],
  usages: [{ account: 'ada', call_count: 95 }],
};

test('the example is there from the start, and people log in there', async () => {
  await using sandbox = await Sandbox.start({ scenario: EXAMPLE });
  const made = sandbox.seeded;
  assert.equal(sandbox.clock.now().toISOString(), '2026-03-01T09:00:00.000Z');
  const keeper = new Keeper({ client: sandbox.client(made.apps['shop']), store: new MemoryStore() });
  const login = keeper.authorize();
  const redirect = await sandbox.approve(login.url, { person: 'ada' });
  const { account } = await keeper.complete(login.pending, redirect, { name: 'ada' });
  assert.equal(account.userId, made.people['ada']?.userId);
  assert.equal(made.tokens['due']?.clientId, made.apps['shop']?.clientId);
  assert.equal(made.pages['bookshop']?.instagram, 'ada.sandbox');
});

test('an object makes the same as a file of it', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'shutterkey-scenario-'));
  const file = join(folder, 'scenario.json');
  writeFileSync(file, JSON.stringify(SHOP));
  const tokens = new Set<string>();
  for (const scenario of [SHOP, file]) {
    await using sandbox = await Sandbox.start();
    const made = sandbox.seed(scenario);
    const token = made.tokens['old']?.reveal() ?? '';
    tokens.add(token);
    assert.equal(made.tokens['old']?.issuedAt.toISOString(), '2026-02-28T09:00:00.000Z');
    assert.deepEqual(sandbox.faults(), [
      { endpoint: '/me', kind: 'slow', delayMs: 5, times: 1, clientId: made.apps['shop']?.clientId },
    ]);
    assert.ok(!inspect(made, { depth: 5 }).includes(token));
    sandbox.reset();
    assert.deepEqual(sandbox.seeded.apps, {});
  }
  rmSync(folder, { recursive: true });
  assert.equal(tokens.size, 1);
});

test('a mistake changes nothing and is told by its place', async () => {
  const wrong: Scenario = { ...SHOP, tokens: { old: { app: 'shopp', person: 'ada' } } };
  const told = (words: RegExp) => (error: unknown): boolean => error instanceof SandboxError && words.test(error.message);
  await using sandbox = await Sandbox.start();
  const before = sandbox.saveWorld();
  assert.throws(() => sandbox.seed(wrong), told(/tokens\.old\.app: there is no app "shopp" .*: it has shop/));
  // @ts-expect-error a word that no app has
  const unknown: Scenario = { apps: { shop: { product: 'legacy', redirect_url: 'x' } } };
  assert.throws(() => sandbox.seed(unknown), told(/apps\.shop\.redirect_url: .*expected one of `product`/));
  assert.throws(() => sandbox.seed('nowhere.toml'), told(/nowhere\.toml: the file cannot be read/));
  assert.equal(sandbox.saveWorld(), before);
  await assert.rejects(Sandbox.start({ scenario: wrong }), told(/tokens\.old\.app/));
});

test('switches are read and set by their names', async () => {
  await using sandbox = await Sandbox.start({ profile: 'documented' });
  assert.equal(sandbox.behaviour.wrappedAnswers, true);
  sandbox.setBehaviour({ profile: 'production', fullStops: true, tooYoungCode: 100 });
  const { wrappedAnswers, fullStops, tooYoungCode, rateHeaders } = sandbox.behaviour;
  assert.deepEqual([wrappedAnswers, fullStops, tooYoungCode, rateHeaders], [false, true, 100, true]);
  // @ts-expect-error no such switch
  assert.throws(() => sandbox.setBehaviour({ colour: true }), /there is no switch "colour": profile, /);
});
