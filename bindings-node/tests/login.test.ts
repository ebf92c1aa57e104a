/** A login, from the authorize URL to a token that is kept. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Client, Keeper, MemoryStore, Sandbox, type Fetch } from 'shutterkey';
import { code, thrown } from './support/errors.js';

let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start({ seed: 7 });
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

test('a client completes a login and answers a long-lived token, the account and the context', async () => {
  const client = sandbox.client();
  const context = new TextEncoder().encode('tenant 7');
  const login = client.authorize({ context, returnTo: '/settings' });
  const connection = await client.complete(login.pending, await sandbox.approve(login.url, { person: 'studio' }));
  assert.equal(connection.token.kind, 'long');
  assert.deepEqual(connection.missingScopes, []);
  assert.deepEqual(connection.context, context);
  assert.equal(connection.returnTo, '/settings');
  assert.equal(connection.account.username, 'studio.sandbox');
  assert.equal((await client.identify(connection.token)).userId, connection.account.userId);
});

test('a user id above 2^53 arrives digit by digit', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const { key, account } = await client.complete(login.pending, await sandbox.approve(login.url));
  assert.equal(account.userId, sandbox.people()[0]!.userId);
  assert.match(account.userId, /^1784140\d{10}$/);
  assert.notEqual(String(Number(account.userId) + 1), String(BigInt(account.userId) + 1n));
  assert.equal(key.userId, account.userId);
});

test('each step of a login is there by itself', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const grant = login.pending.accept(await sandbox.approve(login.url), { now: client.now() });
  const { token: short, userId } = await client.exchange(login.pending, grant);
  assert.equal(short.kind, 'short');
  const long = await client.extend(short);
  assert.equal(long.kind, 'long');
  assert.equal((await client.identify(long)).userId, userId);
  sandbox.clock.advance(2 * 86_400);
  assert.ok((await client.refresh(long)).expiresAt! > long.expiresAt!);
});

test('a grant is used once', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const grant = login.pending.accept(await sandbox.approve(login.url), { now: client.now() });
  await client.exchange(login.pending, grant);
  await assert.rejects(client.exchange(login.pending, grant), code('redirect.state_used'));
  assert.equal(sandbox.calls('/oauth/access_token').length, 1);
});

test('scopes that were refused are named', async () => {
  const scopes = ['instagram_business_basic', 'instagram_business_manage_comments'];
  const client = sandbox.client(sandbox.app(), { scopes });
  const login = client.authorize();
  const redirect = await sandbox.approve(login.url, { untick: ['instagram_business_manage_comments'] });
  assert.deepEqual((await client.complete(login.pending, redirect)).missingScopes, [
    'instagram_business_manage_comments',
  ]);
});

test('a refusal by the person is an error of family denied, with what the provider said', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const redirect = await sandbox.approve(login.url, { deny: true });
  const error = await thrown(client.complete(login.pending, redirect));
  assert.equal(error.code, 'denied.by_user');
  assert.equal(error.family, 'denied');
  assert.ok(error.is('denied'));
  assert.equal(error.provider?.kind, 'user_denied');
  assert.equal(typeof error.hint, 'string');
});

test('a login whose last step failed is resumed without a new one, under the name that was given', async () => {
  const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
  const login = keeper.authorize();
  const redirect = await sandbox.approve(login.url);
  const refusal = { error: { message: 'The application is disabled.', type: 'OAuthException', code: 101 } };
  sandbox.fault('/me', 400, refusal);
  const error = await thrown(keeper.complete(login.pending, redirect, { name: 'me' }));
  assert.ok(error.resumable);
  assert.equal(error.resumable.handle, login.pending.handle);
  const connection = await keeper.resume(error.resumable);
  assert.equal(connection.token.reveal(), error.resumable.token.reveal());
  assert.equal((await keeper.token('me')).reveal(), connection.token.reveal());
  assert.equal(sandbox.calls('/oauth/access_token').length, 1);
});

test('two callbacks of one login at once get the same result, a later one gets redirect.state_used', async () => {
  let open = (): void => {};
  const gate = new Promise<void>((resolve) => (open = resolve));
  const slow: Fetch = async (url, init) => {
    await gate;
    return fetch(url, init);
  };
  const client = new Client(sandbox.app().config(), { clock: sandbox.clock, fetch: slow });
  const keeper = new Keeper({ client, store: new MemoryStore() });
  const login = keeper.authorize();
  const redirect = await sandbox.approve(login.url);
  const begun = [keeper.complete(login.pending, redirect), keeper.complete(login.pending, redirect)] as const;
  open();
  const both = await Promise.all(begun);
  assert.equal(both[0].token.reveal(), both[1].token.reveal());
  await assert.rejects(keeper.complete(login.pending, redirect), code('redirect.state_used'));
});
