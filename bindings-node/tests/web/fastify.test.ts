/** What is particular to Fastify. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fastify, { type FastifyInstance } from 'fastify';
import { Keeper, MemoryStore, Sandbox } from 'shutterkey';
import { instagramRoutes, type FastifyOptions, type Route } from 'shutterkey/fastify';
import { code } from '../support/errors.js';
import { KEYS } from './site.js';

const SITE = 'https://app.example';
const ROUTES: Route[] = ['start', 'callback', 'deauthorize', 'data-deletion', 'webhook'];

let sandbox: Sandbox;
before(async () => {
  sandbox = await Sandbox.start();
});
after(() => sandbox.close());

function routesAt(redirectUri: string, hooks: Partial<FastifyOptions<undefined>> = {}) {
  const client = sandbox.client(sandbox.app('instagram', { redirectUri }));
  const keeper = new Keeper({ client, store: new MemoryStore() });
  return instagramRoutes({ keeper, sealKeys: KEYS, ...hooks });
}

async function connects(app: FastifyInstance, folder: string): Promise<void> {
  const begun = await app.inject({ method: 'POST', url: `${folder}/start`, headers: { origin: SITE } });
  assert.equal(begun.statusCode, 303, begun.body);
  const back = await sandbox.approve(String(begun.headers.location));
  const cookie = String(begun.headers['set-cookie']).split(';', 1)[0]!;
  const url = `${folder}/callback${new URL(back).search}`;
  const ended = await app.inject({ method: 'GET', url, headers: { cookie } });
  assert.deepEqual([ended.statusCode, ended.headers.location], [303, '/#connected'], ended.body);
}

const PREFIXES: [string | undefined, string, string][] = [
  [undefined, '/ig/callback', '/ig'],
  ['/', '/ig/callback', '/ig'],
  ['/ig', '/ig/callback', '/ig'],
  ['/ig/', '/ig/callback', '/ig'],
  ['/site', '/site/ig/callback', '/site/ig'],
  ['/inside', '/ig/callback', '/inside'],
  ['/i', '/ig/callback', '/i'],
];

for (const [prefix, path, folder] of PREFIXES) {
  test(`with prefix ${prefix}, the callback ${path} is in ${folder}`, async () => {
    const app = fastify();
    await app.register(routesAt(`${SITE}${path}`), prefix === undefined ? {} : { prefix });
    for (const route of ROUTES) {
      const method = route === 'deauthorize' ? 'POST' : 'GET';
      assert.ok(app.hasRoute({ method, url: `${folder}/${route}` }), route);
    }
    await connects(app, folder);
    await app.close();
  });
}

test('a plugin around it keeps its own parsers, and so does the site', async () => {
  const app = fastify();
  await app.register(routesAt(`${SITE}/ig/callback`));
  app.post('/api', async (request) => ({ parsed: (request.body as { n: number }).n + 1 }));
  const answer = await app.inject({ method: 'POST', url: '/api', payload: { n: 1 } });
  assert.deepEqual(answer.json(), { parsed: 2 });
  const delivery = await app.inject({ method: 'POST', url: '/ig/webhook', payload: { n: 1 } });
  assert.equal(delivery.json<{ error: { code: string } }>().error.code, 'provider.callback_malformed', delivery.body);
  await app.close();
});

test('registered without a context of its own, parsers that come later are a clear error', async () => {
  const app = fastify();
  const failures: unknown[] = [];
  app.setErrorHandler((error, _request, reply) => {
    failures.push(error);
    return reply.code(500).send();
  });
  // What fastify-plugin does.
  const routes = Object.assign(routesAt(`${SITE}/ig/callback`), { [Symbol.for('skip-override')]: true });
  await app.register(routes);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));
  const delivery = await app.inject({ method: 'POST', url: '/ig/webhook', payload: { object: 'instagram' } });
  assert.equal(delivery.statusCode, 500);
  assert.ok(code('internal.misuse')(failures[0]));
  await app.close();
});

test('hooks of the site apply to the routes, and cookies of the site stand beside ours', async () => {
  const app = fastify();
  const seen: string[] = [];
  app.addHook('onRequest', async (request, reply) => {
    seen.push(request.url);
    void reply.header('set-cookie', 'theme=dark');
  });
  await app.register(routesAt(`${SITE}/ig/callback`));
  const begun = await app.inject({ method: 'POST', url: '/ig/start', headers: { origin: SITE } });
  assert.deepEqual(seen, ['/ig/start']);
  const names = [begun.headers['set-cookie']].flat().map((cookie) => cookie!.split('=', 1)[0]);
  assert.deepEqual(names, ['theme', '__Host-shutterkey']);
  await app.close();
});

test('a reply that a hook has sent is not sent again, which Fastify would note in its log', async () => {
  const log: string[] = [];
  const app = fastify({ logger: { level: 'warn', stream: { write: (line: string) => void log.push(line) } } });
  const routes = routesAt(`${SITE}/ig/callback`, { onError: (_error, _request, reply) => reply.code(418).send('no') });
  await app.register(routes);
  const answer = await app.inject({ method: 'GET', url: '/ig/start' });
  assert.deepEqual([answer.statusCode, answer.body, log], [418, 'no', []]);
  await app.close();
});
