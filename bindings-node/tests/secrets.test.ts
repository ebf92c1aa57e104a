/** Nothing prints a secret, by whatever way it is asked to. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { format, inspect } from 'node:util';
import { ClientConfig, Keeper, MemoryStore, PendingAuthorization, Sandbox, SealKeys, type Token } from 'shutterkey';
import { SiteRoutes } from 'shutterkey/web';
import { thrown } from './support/errors.js';

let sandbox: Sandbox;
let token: Token;

before(async () => {
  sandbox = await Sandbox.start();
  const client = sandbox.client();
  const login = client.authorize();
  ({ token } = await client.complete(login.pending, await sandbox.approve(login.url)));
});
after(() => sandbox.close());

/** What loggers make of a value, at every level of reflection. */
function printed(value: unknown): string {
  const options = { depth: Infinity, showHidden: true, getters: true };
  return [inspect(value), inspect({ value }, options), format('%o %O %j', value, value, value), JSON.stringify(value)].join();
}

test('a token is printed without its value', () => {
  assert.ok(token.reveal().length > 20);
  assert.ok(!printed(token).includes(token.reveal()));
  assert.ok(!printed({ nested: [token] }).includes(token.reveal()));
  assert.match(inspect(token), /^Token \{ kind: 'long', expires: \d{4}-/);
});

test('a token does not turn into a text, and the error names reveal()', () => {
  const names = { name: 'TypeError', message: /reveal\(\)/ };
  assert.throws(() => `${token as unknown as string}`, names);
  assert.throws(() => String(token), names);
  assert.throws(() => (token as unknown as string) + '', names);
  assert.throws(() => token.toString(), names);
  assert.throws(() => new URLSearchParams({ access_token: token as unknown as string }), names);
  assert.throws(() => new Headers({ authorization: token as unknown as string }), names);
});

test('a token as JSON is redacted', () => {
  assert.equal((JSON.parse(JSON.stringify({ token })) as { token: { token: string } }).token.token, '[redacted]');
});

test('a token is not copied by structuredClone, nor posted to another thread', () => {
  assert.throws(() => structuredClone(token), { name: 'DataCloneError' });
  assert.throws(() => structuredClone({ nested: [token] }), { name: 'DataCloneError' });
});

test('a token is not taken apart by its members', () => {
  const seen = JSON.stringify([Object.entries(token), { ...token }, Reflect.ownKeys(token).map(String)]);
  assert.ok(!seen.includes(token.reveal()));
});

test('a login, its grant and its sealed form are printed without state, verifier and code', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const redirect = await sandbox.approve(login.url);
  const grant = login.pending.accept(redirect, { now: client.now() });
  const state = new URL(login.url).searchParams.get('state')!;
  const secrets = [state, grant.revealCode()!, (JSON.parse(login.pending.serialize()) as { s: string }).s];
  for (const secret of secrets) assert.ok(!printed([login, login.pending, grant]).includes(secret));
});

test('a configuration, sealing keys and a keeper are printed without secrets', () => {
  const app = sandbox.app();
  const config = app.config();
  const keys = SealKeys.generate();
  const keeper = new Keeper({ client: sandbox.client(app), store: new MemoryStore() });
  const seen = printed([app, config, keys, keeper, new ClientConfig({ ...settings, clientSecret: 'f'.repeat(32) })]);
  for (const secret of [app.revealClientSecret()!, keys.serialize().split(':')[1]!, 'f'.repeat(32)]) {
    assert.ok(!seen.includes(secret));
  }
});

const settings = { clientId: '990602627938098', redirectUri: 'https://app.example/callback' };

test('the answer of a site’s route is printed without the address and the cookie that carry a login', () => {
  const redirectUri = 'http://127.0.0.1/ig/callback';
  const client = sandbox.client(sandbox.app('instagram', { redirectUri, allowLoopbackHttp: true }));
  const routes = new SiteRoutes(client, { sealKeys: SealKeys.generate() });
  const answer = routes.start({ method: 'POST', headers: [['Origin', 'http://127.0.0.1']] });
  const said = new Map(answer.headers);
  const state = new URL(said.get('location')!).searchParams.get('state')!;
  const [cookie] = said.get('set-cookie')!.split(';', 1);
  for (const secret of [state, cookie!.slice('shutterkey='.length)]) {
    assert.ok(secret.length > 20);
    assert.ok(!printed(answer).includes(secret));
  }
});

test('no error names a secret, and one that can be resumed does not print its token', async () => {
  const client = sandbox.client();
  const login = client.authorize();
  const redirect = await sandbox.approve(login.url);
  sandbox.fault('/me', 400, { error: { message: 'The application is disabled.', type: 'OAuthException', code: 101 } });
  const error = await thrown(client.complete(login.pending, redirect));
  const seen = printed(error) + error.stack + String(error);
  assert.ok(error.resumable);
  for (const secret of [error.resumable.token.reveal(), new URL(redirect).searchParams.get('code')!]) {
    assert.ok(!seen.includes(secret));
  }
});

test('a pending login that was tampered with does not show in the error', () => {
  const secret = 'canary'.repeat(8);
  assert.throws(
    () => PendingAuthorization.deserialize(`{"s":"${secret}"}`),
    (error) => !printed(error).includes(secret),
  );
});
