/** What a sandbox does on demand: other products, ends of tokens, Pages, faults. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Keeper, MemoryStore, Sandbox, ShutterkeyError, type Product } from 'shutterkey';

let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.close());
beforeEach(() => sandbox.reset());

async function loggedIn(product: Product): Promise<Keeper> {
  const keeper = new Keeper({ client: sandbox.client(sandbox.app(product)), store: new MemoryStore() });
  const login = keeper.authorize();
  await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  return keeper;
}

for (const product of ['facebook', 'threads'] as const) {
  test(`a login at ${product} ends with a token of sixty days`, async () => {
    const keeper = await loggedIn(product);
    assert.equal((await keeper.token('me')).kind, 'long');
  });
}

test('tokens expire, die for a reason, and come back when a checkpoint is cleared', async () => {
  const keeper = await loggedIn('threads');
  const client = sandbox.client(sandbox.apps('threads')[0]);
  const token = await keeper.token('me');
  const code = async (): Promise<string> => {
    const failure: unknown = await client.identify(token).catch((error: unknown) => error);
    return failure instanceof ShutterkeyError ? failure.code : 'none';
  };
  assert.ok(sandbox.invalidate('studio', 'checkpoint') >= 1);
  assert.equal(await code(), 'account.checkpoint');
  assert.ok(sandbox.clearCheckpoint('studio') >= 1);
  assert.equal(await code(), 'none');
  assert.equal(sandbox.invalidate('studio', 'password_changed', { product: 'facebook' }), 0);
  assert.ok(sandbox.expire('studio') >= 1);
  assert.equal(await code(), 'token.expired');
});

test('an app of Facebook Login has configurations, and people have Pages', () => {
  const app = sandbox.app('facebook', {
    requireAppSecret: true,
    testers: ['ada'],
    configurations: [{ name: 'Shop', permissions: ['instagram_basic'], systemUser: true }],
  });
  assert.equal(app.configIds.length, 1);
  const page = sandbox.page('Second', { owner: 'maker', instagram: 'studio' });
  assert.equal(page.instagram, 'studio.sandbox');
  assert.equal(sandbox.pages().length, 4);
  sandbox.removePages('maker');
  assert.equal(sandbox.pages().length, 2);
});

test('faults hit whom they are for, in the way that was asked for, and are written down', async () => {
  const studio = sandbox.mintToken('studio').reveal();
  const me = (token: string): Promise<Response> => fetch(`${sandbox.baseUrl}/instagram/me?access_token=${token}`);
  sandbox.fault('/me', { kind: 'throttle', code: 80002, minutes: 7 }, { account: 'studio', lasting: true });
  const throttled = await me(studio);
  assert.equal(throttled.status, 400);
  assert.match(throttled.headers.get('x-business-use-case-usage') ?? '', /"estimated_time_to_regain_access":7/);
  assert.equal((await me(sandbox.mintToken('bakery').reveal())).status, 200);
  assert.deepEqual(sandbox.faults().map(({ kind, account }) => [kind, account]), [['throttle', 'studio']]);
  sandbox.clearFaults();
  sandbox.fault('/me', { kind: 'slow', delayMs: 1 });
  sandbox.fault('/me', 503, { error: { code: 2 } }, { times: 2 });
  assert.deepEqual([(await me(studio)).status, (await me(studio)).status, (await me(studio)).status], [200, 503, 503]);
  const faults = sandbox.calls('/me').map((call) => call.fault);
  assert.deepEqual(faults, ['throttle', undefined, 'slow', 'status', 'status']);
  assert.throws(() => sandbox.fault('/me', { kind: 'throttle', code: 5 }), /5 is no throttle code/);
});
