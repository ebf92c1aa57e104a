/** Facebook Login: Pages, accounts, inspection, and whose tokens are taken. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { inspect } from 'node:util';
import { Keeper, MemoryStore, Sandbox, type SandboxApp } from 'shutterkey';
import * as operation from 'shutterkey/operation';
import { code } from './support/errors.js';

let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start({ seed: 7 });
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

const scopes = ['instagram_basic', 'pages_show_list', 'business_management'];

const keeperOf = (app: SandboxApp) => new Keeper({ client: sandbox.client(app, { scopes }), store: new MemoryStore() });

async function loggedIn(untick?: string[]): Promise<Keeper> {
  const keeper = keeperOf(sandbox.app('facebook', { requireAppSecret: true }));
  const login = keeper.authorize();
  await keeper.complete(login.pending, await sandbox.approve(login.url, { untick }), { name: 'me' });
  return keeper;
}

test('a login leads to the account behind the Page, with a token that does not expire and is not printed', async () => {
  const found = await (await loggedIn()).instagramAccounts('me');
  assert.equal(found.reason, undefined);
  assert.equal(found.note, undefined);
  const [{ account, page }] = found.accounts as [(typeof found.accounts)[number]];
  assert.match(account.userId, /^1784/);
  assert.deepEqual([page?.token?.kind, page?.token?.expiry], ['page', { kind: 'never' }]);
  const seen = inspect(found, { depth: Infinity, showHidden: true }) + JSON.stringify(found);
  assert.ok(!seen.includes(page!.token!.reveal()));
});

test('no account has a reason with what to do', async () => {
  const { accounts, reason } = await (await loggedIn(['pages_show_list'])).instagramAccounts('me');
  assert.deepEqual(accounts, []);
  assert.equal(reason?.permission, 'pages_show_list');
  assert.ok(reason.message && reason.hint);
});

test('a call carries the proof of its token', async () => {
  const keeper = await loggedIn();
  const step = operation.identify(keeper.client.config, await keeper.token('me')).begin();
  assert.ok(step.kind === 'send' && step.request.url.includes('appsecret_proof='));
});

test('a client tells what a token is and what was granted, and takes one permission back', async () => {
  const { client } = await loggedIn();
  const login = client.authorize();
  const { token } = await client.complete(login.pending, await sandbox.approve(login.url));
  const inspection = await client.inspectToken(token);
  assert.deepEqual([inspection.isValid, inspection.appId], [true, client.config.clientId]);
  assert.ok((await client.inspectToken(token, { inspector: await client.appToken() })).isValid);
  assert.ok((await client.permissions(token)).granted.includes('pages_show_list'));
  await client.revokePermission(token, 'pages_show_list');
  assert.ok((await client.permissions(token)).declined.includes('pages_show_list'));
  assert.equal((await client.instagramAccounts(token)).reason?.kind, 'declined_permission');
});

test('a token of another app is not taken from a device', async () => {
  const own = sandbox.app('facebook');
  const keeper = keeperOf(own);
  const mine = sandbox.mintToken('studio', { product: 'facebook', app: own }).reveal();
  assert.ok((await keeper.importToken(mine, { name: 'me', fromDevice: true })).token.expiresAt);
  const other = sandbox.app('facebook', { name: 'Quiz of the day' });
  const theirs = sandbox.mintToken('studio', { product: 'facebook', app: other }).reveal();
  await assert.rejects(keeper.importToken(theirs, { fromDevice: true }), code('token.wrong_app'));
  assert.equal((await keeper.accounts()).length, 1);
});
