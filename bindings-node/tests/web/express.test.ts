/** What is particular to Express. */

import assert from 'node:assert/strict';
import { Agent, IncomingMessage, request, ServerResponse, type Server } from 'node:http';
import { connect, Socket, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import express, { type Request, type Response } from 'express';
import { Keeper, MemoryStore, Sandbox, type ShutterkeyError } from 'shutterkey';
import { instagramRoutes } from 'shutterkey/express';
import { OWN_PAGE } from './frameworks.js';
import { inOne, KEYS, type Particulars } from './site.js';

for (const framework of ['express', 'express4'] as const) {
  inOne(framework, 'what is too large is read away, and the connection serves the next request', async (site) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const posted = (bytes: number): Promise<[number | undefined, boolean]> =>
      new Promise((resolve, reject) => {
        const sent = request(`${site.address}/ig/webhook`, { method: 'POST', agent }, (answer) => {
          answer.resume().on('end', () => resolve([answer.statusCode, sent.reusedSocket]));
        });
        sent.on('error', reject).end(Buffer.alloc(bytes, 32));
      });
    assert.deepEqual(await posted(20 << 20), [413, false]);
    assert.deepEqual(await posted(20 << 20), [413, true]);
    assert.deepEqual(await posted(2), [400, true]);
    agent.destroy();
  });

  inOne(framework, 'a sender that goes away in the middle is no crash, and no hook hears of it', async (site) => {
    const { hostname, port } = new URL(site.address);
    const socket = connect(Number(port), hostname);
    socket.write('POST /ig/webhook HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{');
    await setTimeout(50);
    socket.destroy();
    while (site.failures.length === 0) await setTimeout(5);
    assert.equal((site.failures[0] as { code: string }).code, 'ECONNRESET');
    assert.deepEqual(site.heard.hooks, []);
  });

  const cookies: Particulars = {
    first: {
      express: (app) =>
        app.use((_request: Request, response: Response, next: () => void) => {
          response.cookie('theme', 'dark');
          next();
        }),
    },
  };
  inOne(
    framework,
    'cookies of the site stand beside ours',
    async (site) => {
      const browser = site.browser();
      const begun = await browser.start();
      assert.deepEqual(begun.cookies.map((cookie) => cookie.split('=', 1)[0]), ['theme', 'shutterkey']);
      assert.equal((await browser.back(await site.sandbox.approve(begun.headers.location!))).status, 303);
      assert.deepEqual([...browser.cookies.keys()], ['theme']);
    },
    cookies,
  );

  inOne(
    framework,
    'what is deeper in the folder that the routes are mounted in is left to the site',
    async (site) => {
      for (const path of ['more/start', 'callback/start']) {
        const answer = await site.send('POST', `/ig/${path}`, { origin: site.origin });
        assert.deepEqual([answer.status, answer.text], [404, OWN_PAGE], path);
      }
    },
    { mount: '/ig' },
  );

  inOne(framework, 'mounted at the root, a route is in its folder alone', async (site) => {
    for (const path of ['/start', '/other/start']) {
      const answer = await site.send('POST', path, { origin: site.origin });
      assert.deepEqual([answer.status, answer.text], [404, OWN_PAGE], path);
    }
  });
}

/** A site of several clients, whose redirect URIs are in these folders. */
async function siteOf(folders: readonly string[]) {
  const app = express();
  const server: Server = app.listen(0, '127.0.0.1');
  await new Promise((resolve) => server.on('listening', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const sandbox = await Sandbox.start();
  const refused: string[] = [];
  const keepers = folders.map((folder) => {
    const registered = sandbox.app('instagram', { redirectUri: `${origin}${folder}/callback`, allowLoopbackHttp: true });
    const keeper = new Keeper({ client: sandbox.client(registered), store: new MemoryStore() });
    const onError = ({ code }: ShutterkeyError): void => void refused.push(`${folder} ${code}`);
    // As a site with parts of its own: a router in a router.
    app.use(folder, express.Router().use(instagramRoutes({ keeper, sealKeys: KEYS, onError })));
    return keeper;
  });
  const close = async (): Promise<void> => {
    server.close();
    await sandbox.close();
  };
  return { origin, sandbox, keepers, refused, close };
}

test('a20: two clients of one site share a cookie, and take no answers of each other', async () => {
  const { origin, sandbox, keepers, refused, close } = await siteOf(['/one', '/two']);
  const begin = (folder: string, cookie = ''): Promise<globalThis.Response> =>
    fetch(`${origin}${folder}/start`, { method: 'POST', headers: { origin, cookie }, redirect: 'manual' });
  const cookieOf = (response: globalThis.Response): string => response.headers.getSetCookie()[0]!.split(';', 1)[0]!;
  const one = await begin('/one');
  const two = await begin('/two', cookieOf(one));
  const headers = { cookie: cookieOf(two) };
  const first = await sandbox.approve(one.headers.get('location')!);
  const second = await sandbox.approve(two.headers.get('location')!);

  const mixed = await fetch(second.replace('/two/', '/one/'), { headers, redirect: 'manual' });
  assert.equal(mixed.status, 400);
  assert.match(refused.join(), /^\/one redirect\./);
  assert.deepEqual(sandbox.calls('oauth/access_token'), []);
  for (const back of [first, second]) assert.equal((await fetch(back, { headers, redirect: 'manual' })).status, 303);
  assert.deepEqual(await Promise.all(keepers.map(async (keeper) => (await keeper.accounts()).length)), [1, 1]);
  await close();
});

test('a platform that has no sockets, and no raw headers, is served as well', async () => {
  const sandbox = await Sandbox.start();
  const client = sandbox.client(sandbox.app('instagram', { redirectUri: 'https://app.example/ig/callback' }));
  const keeper = new Keeper({ client, store: new MemoryStore() });
  const app = express().use(instagramRoutes({ keeper, sealKeys: KEYS }));
  const ask = (method: string, url: string, headers: Record<string, string | string[]>): Promise<ServerResponse> =>
    new Promise((resolve) => {
      const incoming = Object.assign(new IncomingMessage(new Socket()), { method, url, headers, body: Buffer.alloc(0) });
      const outgoing = new ServerResponse(incoming);
      outgoing.on('finish', () => resolve(outgoing));
      outgoing.assignSocket(new Socket().on('error', () => {}));
      outgoing.end = (() => outgoing.emit('finish')) as never;
      app(incoming as Request, outgoing as Response);
    });
  const begun = await ask('POST', '/ig/start', { origin: 'https://app.example' });
  assert.equal(begun.statusCode, 303);
  const back = await sandbox.approve(String(begun.getHeader('location')));
  const cookie = String(begun.getHeader('set-cookie')).split(';', 1)[0]!;
  const { pathname, search } = new URL(back);
  const ended = await ask('GET', `${pathname}${search}`, { cookie: ['theme=dark', cookie] });
  assert.equal(ended.statusCode, 303);
  await sandbox.close();
});
