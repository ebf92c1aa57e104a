/** What is particular to handlers that take a `Request`. */

import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { Keeper, MemoryStore, Sandbox } from 'shutterkey';
import { instagramRoutes, type WebOptions } from 'shutterkey/web';
import { code } from '../support/errors.js';
import { KEYS } from './site.js';

const SITE = 'https://app.example/ig';
const OWN = { origin: 'https://app.example' };

let sandbox: Sandbox;
let keeper: Keeper;
before(async () => {
  sandbox = await Sandbox.start();
});
beforeEach(() => {
  const client = sandbox.client(sandbox.app('instagram', { redirectUri: `${SITE}/callback` }));
  keeper = new Keeper({ client, store: new MemoryStore() });
});
after(() => sandbox.close());

function routesWith<Context, Beside = unknown>(hooks: Partial<WebOptions<Context, Beside>> = {}) {
  return instagramRoutes<Context, Beside>({ keeper, sealKeys: KEYS, ...hooks });
}

const post = (route: string, init: RequestInit = {}): Request =>
  new Request(`${SITE}/${route}`, { method: 'POST', headers: OWN, ...init });

/** The callback of a login that was begun with these routes, as the browser asks for it. */
async function answered({ POST }: { POST(request: Request): Promise<Response> }): Promise<Request> {
  const begun = await POST(post('start'));
  const [cookie = ''] = begun.headers.getSetCookie();
  // The platform's redirect as it came, with the fragment that it puts on.
  const headers = { cookie: cookie.split(';', 1)[0]! };
  return new Request(await sandbox.approve(begun.headers.get('location')!), { headers });
}

test('a pair of handlers, as Next.js calls them, connects an account', async () => {
  const { GET, POST } = routesWith();
  const ended = await GET(await answered({ POST }));
  assert.deepEqual([ended.status, ended.headers.get('location')], [303, '/#connected']);
  assert.equal((await keeper.accounts()).length, 1);
});

test('what is no route is 404, and another method is 405 with those that there are', async () => {
  const routes = routesWith();
  assert.equal((await routes.fetch(new Request(`${SITE}/other`))).status, 404);
  const refused = await routes.fetch(new Request(`${SITE}/callback`, { method: 'POST' }));
  assert.deepEqual([refused.status, refused.headers.get('allow')], [405, 'GET']);
  assert.equal((await routes.fetch(new Request(`${SITE}/webhook`, { method: 'PUT' }))).headers.get('allow'), 'GET, POST');
});

test('what a framework passes beside the request comes to the hooks', async () => {
  const seen: string[] = [];
  interface Beside {
    readonly user: string;
  }
  const routes = routesWith<{ plan: string }, Beside>({
    name: (_request, { user }) => user,
    context: (_request, { user }) => ({ plan: `of ${user}` }),
    onConnected: ({ context }, _request, { user }) => void seen.push(`${user}: ${context.plan}`),
  });
  const beside = { user: 'ada' };
  const back = await answered({ POST: (request) => routes.POST(request, beside) });
  await routes.GET(back, beside);
  assert.deepEqual(seen, ['ada: of ada']);
});

test('a redirect of a hook, whose headers cannot be written to, takes the login out of the cookie', async () => {
  const routes = routesWith({ onConnected: () => Response.redirect('https://app.example/welcome', 302) });
  const ended = await routes.GET(await answered(routes));
  assert.deepEqual([ended.status, ended.headers.get('location')], [302, 'https://app.example/welcome']);
  assert.match(ended.headers.getSetCookie().join(), /^__Host-shutterkey=; .*Max-Age=0/);
});

test('a Response of a hook keeps its body and its own cookies', async () => {
  const headers = { 'set-cookie': 'theme=dark', 'content-type': 'text/plain' };
  const routes = routesWith({ onConnected: () => new Response('Welcome', { status: 201, headers }) });
  const ended = await routes.GET(await answered(routes));
  assert.deepEqual([ended.status, await ended.text()], [201, 'Welcome']);
  const names = ended.headers.getSetCookie().map((cookie) => cookie.split('=', 1)[0]);
  assert.deepEqual(names, ['theme', '__Host-shutterkey']);
});

test('a Request whose body was read is a clear error, and a clone of it is taken', async () => {
  const routes = routesWith();
  const read = post('webhook', { body: '{}' });
  const clone = read.clone();
  await read.text();
  await assert.rejects(routes.POST(read), code('internal.misuse'));
  assert.equal((await routes.POST(clone)).status, 400, 'it is not signed');
});

test('a body without a length is capped', async () => {
  const body = new Blob([new Uint8Array(2_000_000)]).stream();
  const init: RequestInit = { body, duplex: 'half' };
  assert.equal((await routesWith().POST(post('webhook', init))).status, 413);
});

test('a context of several kilobytes is an error of the site, which hears of it when the login begins', async () => {
  const heard: string[] = [];
  const { POST } = routesWith({ context: () => 'x'.repeat(4_000), onError: ({ family }) => void heard.push(family) });
  const begun = await POST(post('start'));
  assert.equal(begun.status, 500);
  assert.doesNotMatch(await begun.text(), /xxx/);
  assert.deepEqual(heard, ['config']);
});
