/** The caller's own `fetch`, and the caller's own store. */

import assert from 'node:assert/strict';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, beforeEach, test, type TestContext } from 'node:test';
import { inspect } from 'node:util';
import { Client, Keeper, Sandbox, type CustomStore, type Fetch } from 'shutterkey';
import { code, thrown } from './support/errors.js';
import { MapStore } from './support/map_store.js';

const DAY = 86_400;
let sandbox: Sandbox;

before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => sandbox.reset());
after(() => sandbox.close());

function clientWith(fetch: Fetch): Client {
  return new Client(sandbox.app().config(), { fetch, clock: sandbox.clock });
}

/** Sends one request of this client, which is not sent again: the exchange of a code. */
function exchanged(client: Client): Promise<unknown> {
  const { url, pending } = client.authorize();
  const query = `code=AQcanary0123456789&state=${new URL(url).searchParams.get('state')}`;
  return client.exchange(pending, pending.acceptQuery(query, { now: client.now() }));
}

test('every request goes through the fetch that was given', async () => {
  const seen: string[] = [];
  const client = clientWith((url, init) => {
    seen.push(`${init.method} ${new URL(url).pathname} ${init.redirect}`);
    return fetch(url, init);
  });
  const login = client.authorize();
  const { account } = await client.complete(login.pending, await sandbox.approve(login.url));
  assert.equal(account.userId, sandbox.people()[0]!.userId);
  assert.equal(seen.length, 3);
  assert.equal(seen[0], 'POST /instagram/oauth/access_token manual');
});

test('what fetch throws is the cause, and an error of a connection is told apart', async () => {
  const refused = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
  const failed = new TypeError('fetch failed', { cause: refused });
  const error = await thrown(exchanged(clientWith(() => Promise.reject(failed))));
  assert.equal(error.code, 'network.offline');
  assert.equal(error.cause, failed);
});

test('a fetch that throws at once, or answers nothing of use, is a failure and no crash', async () => {
  for (const broken of [
    () => {
      throw new RangeError('no');
    },
    () => Promise.resolve(undefined),
    () => Promise.reject(undefined),
  ] as unknown as Fetch[]) {
    const error = await thrown(exchanged(clientWith(broken)));
    assert.equal(error.code, 'network.reset');
  }
});

test('a cause that would print a secret is replaced by one that does not', async () => {
  const error = await thrown(exchanged(clientWith((_, init) => Promise.reject(new Error(`cannot send ${init.body}`)))));
  assert.ok(error.cause instanceof Error);
  assert.ok(!inspect(error, { depth: 9, showHidden: true }).includes('AQcanary'));
});

async function server(t: TestContext, answer: RequestListener): Promise<string> {
  const listening = createServer(answer).listen(0, '127.0.0.1');
  await new Promise((resolve) => listening.once('listening', resolve));
  t.after(() => listening.close());
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`;
}

test('an answer above the cap is not read to its end', async (t) => {
  const base = await server(t, (_, response) => response.end('x'.repeat(2 << 20)));
  await assert.rejects(exchanged(clientWith((_, init) => fetch(base, init))), code('network.too_large'));
});

test('a redirect of a token endpoint is not followed', async (t) => {
  const base = await server(t, (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:9/' }).end());
  const client = clientWith((_, init) => fetch(base, init));
  await assert.rejects(exchanged(client), code('provider.unexpected_redirect'));
});

test('a store of the caller keeps tokens, also over a refresh, and lists and forgets them', async () => {
  const store = new MapStore();
  const client = sandbox.client();
  const keeper = new Keeper({ client, store });
  const login = keeper.authorize();
  const { token, key } = await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  const other = new Keeper({ client, store });
  assert.equal((await other.token('me')).reveal(), token.reveal());
  sandbox.clock.advance(2 * DAY);
  const refreshed = await other.refresh('me');
  assert.notEqual(refreshed.reveal(), token.reveal());
  assert.deepEqual((await keeper.accounts()).map((account) => account.key), [key]);
  assert.ok([...store.rows.leases.values()].every(({ until }) => until === 0));
  await keeper.logout('me');
  assert.deepEqual(await keeper.accounts(), []);
});

test('what a store throws is the cause of store.unavailable', async () => {
  const store = new MapStore();
  const keeper = new Keeper({ client: sandbox.client(), store });
  store.failing = new RangeError('the database is away');
  const error = await thrown(keeper.token('me'));
  assert.equal(error.code, 'store.unavailable');
  assert.equal(error.cause, store.failing);
  assert.match(error.message, /RangeError/);
});

test('an object that lacks a method is no store', () => {
  const { load, save } = new MapStore();
  const half = { load, save } as unknown as CustomStore;
  assert.throws(() => new Keeper({ client: sandbox.client(), store: half }), { name: 'TypeError', message: /delete\(\)/ });
});
