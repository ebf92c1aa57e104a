/** Tokens that are kept alive. */

import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, beforeEach, test } from 'node:test';
import { FileStore, Keeper, MemoryStore, Sandbox, type Connection, type Store } from 'shutterkey';
import { code, thrown } from './support/errors.js';

const DAY = 86_400;
let sandbox: Sandbox;
// Waiting for an event does not keep a process alive.
const alive = setInterval(() => {}, 60_000);

before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => {
  clearInterval(alive);
  return sandbox.close();
});

async function connected(store: Store = new MemoryStore()): Promise<{ keeper: Keeper; connection: Connection }> {
  const keeper = new Keeper({ client: sandbox.client(), store });
  const login = keeper.authorize();
  const connection = await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  return { keeper, connection };
}

const refreshes = (): number => sandbox.calls('refresh_access_token', { status: 200 }).length;

test('a token is found by name, by user id and by key, and answered from memory without waiting', async () => {
  const { keeper, connection } = await connected();
  for (const name of ['me', connection.key.userId, connection.key]) {
    assert.equal((await keeper.token(name)).reveal(), connection.token.reveal());
  }
  assert.equal(keeper.freshToken('me')?.reveal(), connection.token.reveal());
  assert.equal(keeper.freshToken('nobody'), undefined);
  await assert.rejects(keeper.token('nobody'), code('account.not_found'));
});

test('a token that is due is answered at once and refreshed beside', async () => {
  const { keeper, connection } = await connected();
  sandbox.clock.advance(40 * DAY);
  assert.equal((await keeper.token('me')).reveal(), connection.token.reveal());
  const event = await keeper.events().next();
  assert.equal(event.kind, 'refreshed');
  assert.deepEqual(event.account, connection.key);
  assert.equal(event.error, undefined);
  assert.notEqual((await keeper.token('me')).reveal(), connection.token.reveal());
  assert.equal(refreshes(), 1);
});

test('a thousand callers are served by one refresh', async () => {
  const { keeper } = await connected();
  await keeper.token('me');
  sandbox.clock.advance(40 * DAY);
  const tokens = await Promise.all(Array.from({ length: 1_000 }, () => keeper.token('me')));
  await keeper.settle();
  assert.equal(tokens.length, 1_000);
  assert.equal(refreshes(), 1);
});

test('a thousand callers of a token near its end, over several keepers, wait for one refresh and get the new token', async () => {
  const app = sandbox.app();
  const store = new MemoryStore();
  const keepers = Array.from({ length: 4 }, () => new Keeper({ client: sandbox.client(app), store }));
  const login = keepers[0]!.authorize();
  const { token } = await keepers[0]!.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  sandbox.clock.advance(60 * DAY - 60);
  const callers = Array.from({ length: 1_000 }, (_, caller) => keepers[caller % 4]!.token('me'));
  const values = new Set((await Promise.all(callers)).map((answered) => answered.reveal()));
  assert.equal(values.size, 1);
  assert.ok(!values.has(token.reveal()));
  assert.equal(refreshes(), 1);
});

test('iterating over events ends with its signal, and who gave up is not woken', async () => {
  const { keeper } = await connected();
  const enough = new AbortController();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const { kind } of keeper.events({ signal: enough.signal })) seen.push(kind);
  })();
  sandbox.clock.advance(40 * DAY);
  await keeper.token('me');
  await keeper.settle();
  while (seen.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  enough.abort(new Error('enough'));
  await assert.rejects(reading, /enough/);
  assert.deepEqual(seen, ['refreshed']);
});

test('events are an async iterable', async () => {
  const { keeper } = await connected();
  const seen: string[] = [];
  const reading = (async () => {
    for await (const event of keeper.events()) {
      seen.push(event.kind);
      if (seen.length === 2) return;
    }
  })();
  for (const days of [2, 2]) {
    sandbox.clock.advance(days * DAY);
    await keeper.refresh('me');
  }
  await reading;
  assert.deepEqual(seen, ['refreshed', 'refreshed']);
});

test('giving up waiting for an event loses none', async () => {
  const { keeper } = await connected();
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(keeper.events().next({ signal }), /enough/);
  const stop = new AbortController();
  const waiting = keeper.events().next({ signal: stop.signal });
  stop.abort();
  await assert.rejects(waiting, { name: 'AbortError' });
  sandbox.clock.advance(2 * DAY);
  await keeper.refresh('me');
  assert.equal((await keeper.events().next()).kind, 'refreshed');
});

test('a caller that gives up a login loses nothing: it is stored all the same', async () => {
  const store = new MemoryStore();
  const keeper = new Keeper({ client: sandbox.client(), store });
  const login = keeper.authorize();
  const redirect = await sandbox.approve(login.url);
  const stop = new AbortController();
  const completing = keeper.complete(login.pending, redirect, { name: 'me', signal: stop.signal });
  stop.abort();
  await assert.rejects(completing, { name: 'AbortError' });
  await keeper.settle();
  assert.equal((await keeper.token('me')).kind, 'long');
});

test('a signal that is aborted already starts nothing', async () => {
  const { keeper } = await connected();
  sandbox.clock.advance(2 * DAY);
  await assert.rejects(keeper.refresh('me', { signal: AbortSignal.abort() }), { name: 'AbortError' });
  assert.equal(refreshes(), 0);
});

test('a refresh that is too early says from when on it is possible', async () => {
  const { keeper, connection } = await connected();
  const error = await thrown(keeper.refresh('me'));
  assert.equal(error.code, 'token.too_young');
  assert.ok(error.retry.kind === 'after');
  assert.equal(error.retry.at.getTime(), connection.token.issuedAt!.getTime() + DAY * 1_000);
});

test('a Response that says that the token is dead is reported once and remembered', async () => {
  const { keeper } = await connected();
  await keeper.token('me');
  const body = { error: { message: 'changed', type: 'OAuthException', code: 190, error_subcode: 460 } };
  const response = Response.json(body, { status: 400 });
  await assert.rejects(keeper.report('me', response), code('account.needs_login'));
  assert.deepEqual(await response.json(), body, 'the caller can still read it');
  const error = await thrown(keeper.token('me'));
  assert.equal(error.code, 'account.needs_login');
  assert.equal(error.reason, 'token.invalidated');
  assert.equal((await keeper.events().next()).kind, 'needs_login');
  const { state } = await keeper.account('me');
  assert.deepEqual(state, { kind: 'needs_login', reason: 'token.invalidated' });
});

test('an answer that is a success is reported without a word', async () => {
  const { keeper } = await connected();
  await keeper.report('me', Response.json({ id: '1' }));
  await keeper.report('me', { status: 200, headers: { 'content-type': 'application/json' }, body: '{}' });
});

test('a Response whose body was read is refused with what to do', async () => {
  const { keeper } = await connected();
  const response = new Response('{}', { status: 400 });
  await response.text();
  const error = await thrown(keeper.report('me', response));
  assert.equal(error.code, 'internal.misuse');
  assert.match(error.message, /clone/);
});

test('accounts are listed with how they stand, also at another moment', async () => {
  const { keeper, connection } = await connected();
  const [stored, ...others] = await keeper.accounts();
  assert.deepEqual(others, []);
  assert.deepEqual(stored!.key, connection.key);
  assert.deepEqual(stored!.state, { kind: 'live' });
  const later = stored!.at(connection.token.expiresAt!);
  assert.deepEqual(later.state, { kind: 'needs_login', reason: 'token.expired' });
});

test('a token says what time does to it', async () => {
  const { connection } = await connected();
  const { token } = connection;
  const issued = token.issuedAt!.getTime();
  assert.deepEqual(token.refreshable(issued), { kind: 'not_before', at: new Date(issued + DAY * 1_000) });
  assert.deepEqual(token.refreshable(issued + DAY * 1_000), { kind: 'now' });
  assert.deepEqual(token.refreshable(token.expiresAt!), { kind: 'impossible', reason: 'expired' });
  assert.equal(token.isLive(token.expiresAt!.getTime() - 1_000), true);
  assert.equal(token.isLive(token.expiresAt!), false);
  assert.deepEqual(token.expiry, { kind: 'at', at: token.expiresAt! });
});

test('a token that was made elsewhere is taken in', async () => {
  const app = sandbox.app();
  const keeper = new Keeper({ client: sandbox.client(app), store: new MemoryStore() });
  const minted = sandbox.mintToken('bakery', { age: 3 * DAY, app });
  const { account, token } = await keeper.importToken(minted.reveal(), { name: 'bakery' });
  assert.equal(account.userId, minted.userId);
  assert.deepEqual(token.expiry, { kind: 'unknown' });
  assert.equal((await keeper.refresh('bakery')).expiry.kind, 'at');
});

test('an account that logs out is gone', async () => {
  const { keeper } = await connected();
  const { revoked, problem } = await keeper.logout('me');
  assert.equal(revoked || problem !== undefined, true);
  await assert.rejects(keeper.token('me'), code('account.not_found'));
  assert.deepEqual(await keeper.accounts(), []);
});

test('an account is found by the id that one app alone sees', async () => {
  const { keeper, connection } = await connected();
  const { appScopedId, userId } = connection.account;
  assert.deepEqual(await keeper.findAppScoped(appScopedId ?? String(userId)), connection.key);
  assert.equal(await keeper.findAppScoped('1'), undefined);
});

test('two keepers over one folder share what they know', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'shutterkey-'));
  t.after(() => rm(folder, { recursive: true }));
  const app = sandbox.app();
  const [one, other] = [0, 0].map(
    () => new Keeper({ client: sandbox.client(app), store: new FileStore(join(folder, 'store')) }),
  ) as [Keeper, Keeper];
  await one.store.probe();
  const login = one.authorize();
  const { token } = await one.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  assert.equal((await other.token('me')).reveal(), token.reveal());
  sandbox.clock.advance(40 * DAY);
  await Promise.all([one.token('me'), other.token('me')]);
  await one.settle();
  assert.equal(refreshes(), 1);
});

test('a folder that cannot be opened is an error of family store', async () => {
  const keeper = new Keeper({ client: sandbox.client(), store: new FileStore('/dev/null/store') });
  assert.equal((await thrown(keeper.token('me'))).family, 'store');
});

test('a clock of the caller is asked', async () => {
  let now = new Date('2027-01-01T00:00:00Z').getTime();
  const { Client } = await import('shutterkey');
  const client = new Client(sandbox.app().config(), { clock: () => now });
  assert.deepEqual(client.authorize().pending.createdAt, new Date(now));
  now += 60_000;
  assert.deepEqual(client.authorize().pending.createdAt, new Date(now));
});
