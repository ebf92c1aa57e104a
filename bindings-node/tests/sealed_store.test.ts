/** Stores whose records are sealed. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { inspect } from 'node:util';
import { FileStore, Keeper, MemoryStore, Sandbox, SealedStore, SealKeys, type CustomStore, type RecordSealer, type SandboxApp, type Store } from 'shutterkey';
import { checkStore } from 'shutterkey/testing';
import { code, raised, thrown } from './support/errors.js';
import { MapStore } from './support/map_store.js';

const [first, second] = [SealKeys.generate(), SealKeys.generate()];
let sandbox: Sandbox;
let app: SandboxApp;

before(async () => {
  sandbox = await Sandbox.start();
  app = sandbox.app();
});
after(() => sandbox.close());

const keeper = (store: Store | CustomStore): Keeper => new Keeper({ client: sandbox.client(app), store });

async function account(store: Store | CustomStore): Promise<string> {
  const minted = sandbox.mintToken('studio', { age: 2 * 86_400, app });
  return (await keeper(store).importToken(minted.reveal(), { name: 'me' })).token.reveal();
}

test('a sealed store keeps every promise of the one below', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shutterkey-'));
  t.after(() => rm(folder, { recursive: true }));
  let stores = 0;
  const makes = [
    () => new FileStore(join(folder, String((stores += 1)))),
    () => new MemoryStore(),
    () => new MapStore(),
  ];
  for (const make of makes) {
    const report = await checkStore(() => new SealedStore<Store | CustomStore>(make(), { sealKeys: first }), {
      second: ({ store }) => new SealedStore(store, { sealKeys: first.serialize() }),
    });
    assert.ok(report.passed, String(report));
    assert.equal(report.skipped.length, 0);
  }
});

test('the store below never sees a token, and other keys open nothing', async () => {
  const below = new MapStore();
  const token = await account(new SealedStore(below, { sealKeys: first }));
  const bytes = [...below.rows.records.values()].map(({ record }) => Buffer.from(record.bytes));
  assert.ok(bytes.length > 0 && !bytes.some((record) => record.includes(token)));
  assert.equal((await keeper(new SealedStore(below, { sealKeys: first })).token('me')).reveal(), token);
  await assert.rejects(keeper(new SealedStore(below, { sealKeys: second })).account('me'), code('store.seal_invalid'));
});

test('a key is rotated while the store is used, and a store gets its first key', async () => {
  const below = new MemoryStore();
  const token = await account(below);
  const now = sandbox.clock.now();
  const one = new SealedStore(below, { sealKeys: first });
  const refused = await one.reseal({ now });
  assert.equal(refused.isComplete, false);
  assert.equal(refused.unreadable[0]!.error.code, 'store.seal_invalid');
  const sealed = await one.reseal({ now, sealPlain: true });
  assert.ok(sealed.isComplete && sealed.resealed > 0);
  const both = new SealedStore(below, { sealKeys: first.rotated(second) });
  assert.equal((await both.reseal({ now })).resealed, sealed.resealed);
  assert.equal((await both.reseal({ now })).current, sealed.resealed);
  assert.equal((await keeper(new SealedStore(below, { sealKeys: second })).token('me')).reveal(), token);
});

test('a sealer of the caller seals records, and what it throws is the cause', async () => {
  let failing: Error | undefined;
  const vault: RecordSealer = {
    seal: async (context, plain) => {
      if (failing) throw failing;
      return `${context}|${Buffer.from(plain).reverse().toString('hex')}`;
    },
    open: (context, sealed) => {
      if (failing) throw failing;
      const at = sealed.lastIndexOf('|');
      if (sealed.slice(0, at) !== context) throw new RangeError('another record');
      return Buffer.from(sealed.slice(at + 1), 'hex').reverse();
    },
  };
  const below = new MapStore();
  const store = new SealedStore(below, { sealer: vault });
  const report = await checkStore(() => new SealedStore(new MemoryStore(), { sealer: vault }));
  assert.ok(report.passed, String(report));
  const token = await account(store);
  assert.ok(![...below.rows.records.values()].some(({ record }) => Buffer.from(record.bytes).includes(token)));
  assert.equal((await keeper(store).token('me')).reveal(), token);
  for (const [error, expected] of [
    [Object.assign(new Error('away'), { code: 'ECONNREFUSED' }), 'store.unavailable'],
    [new RangeError('no key'), 'store.seal_invalid'],
  ] as const) {
    failing = error;
    const failed = await thrown(keeper(store).account('me'));
    assert.equal(failed.code, expected);
    assert.equal(failed.cause, error);
  }
  failing = new RangeError(`cannot seal ${token}`);
  const refused = await thrown(keeper(new SealedStore(new MemoryStore(), { sealer: vault })).importToken(token));
  assert.ok(!inspect(refused).includes(token));
});

test('what makes no sealed store is refused, and one shows the store below and no key', () => {
  assert.equal(raised(() => new SealedStore(new MemoryStore(), {})).code, 'internal.misuse');
  const sealer = { seal: () => '', open: () => new Uint8Array() };
  assert.equal(raised(() => new SealedStore(new MemoryStore(), { sealKeys: first, sealer })).code, 'internal.misuse');
  assert.equal(raised(() => new SealedStore(new MemoryStore(), { sealKeys: 'k1:canary' })).code, 'config.seal_key');
  assert.throws(() => new SealedStore(new MemoryStore(), { sealer: {} as never }), TypeError);
  assert.throws(() => new SealedStore({} as never, { sealKeys: first }), TypeError);
  assert.equal(inspect(new SealedStore(new MemoryStore(), { sealKeys: first })), 'SealedStore { store: MemoryStore {} }');
});
