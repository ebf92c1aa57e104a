/** What is particular to Fastify. */

import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { after, before, test } from 'node:test';
import { setTimeout } from 'node:timers/promises';
import fastify, { type FastifyInstance } from 'fastify';
import { Keeper, MemoryStore, Sandbox } from 'shutterkey';
import { instagramRoutes, type FastifyOptions } from 'shutterkey/fastify';
import { code } from '../support/errors.js';
import { ROUTES } from './frameworks.js';
import { KEYS } from './site.js';

const SITE = 'https://app.example';

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
      const method = route === 'callback' ? 'GET' : 'POST';
      assert.ok(app.hasRoute({ method, url: `${folder}/${route}` }), route);
    }
    await connects(app, folder);
    await app.close();
  });
}

test('a plugin around it keeps its own parsers, and so does the site', async () => {
  const app = fastify();
  app.addContentTypeParser('text/csv', { parseAs: 'string' }, (_request, text, done) => done(null, String(text).split(',')));
  await app.register(routesAt(`${SITE}/ig/callback`));
  app.post('/api', async (request) => ({ parsed: request.body }));
  const answer = await app.inject({ method: 'POST', url: '/api', payload: { n: 1 } });
  assert.deepEqual(answer.json(), { parsed: { n: 1 } });
  const table = await app.inject({ method: 'POST', url: '/api', payload: 'a,b', headers: { 'content-type': 'text/csv' } });
  assert.deepEqual(table.json(), { parsed: ['a', 'b'] });
  const other = await app.inject({ method: 'POST', url: '/api', payload: 'a', headers: { 'content-type': 'text/other' } });
  assert.equal(other.statusCode, 415);
  const delivery = await app.inject({ method: 'POST', url: '/ig/webhook', payload: { n: 1 } });
  assert.equal(delivery.json<{ error: { code: string } }>().error.code, 'provider.callback_malformed', delivery.body);
  await app.close();
});

test("how large a body may be does not depend on the site's own limit", async () => {
  for (const bodyLimit of [100, 10 << 20]) {
    const app = fastify({ bodyLimit });
    await app.register(routesAt(`${SITE}/ig/callback`));
    const delivered = (bytes: number) => app.inject({ method: 'POST', url: '/ig/webhook', payload: Buffer.alloc(bytes, 32) });
    assert.equal((await delivered(1 << 20)).statusCode, 400, 'it is not signed');
    assert.equal((await delivered((1 << 20) + 1)).statusCode, 413);
    await app.close();
  }
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

/** A site whose replies wait before they are sent, as those of a session or a compression do, and what it logs. */
async function unhurried(hooks: Partial<FastifyOptions<undefined>>): Promise<[FastifyInstance, string[]]> {
  const log: string[] = [];
  const app = fastify({ logger: { level: 'warn', stream: { write: (line: string) => void log.push(line) } } });
  app.addHook('onSend', async (_request, _reply, payload) => {
    await setTimeout(10);
    return payload;
  });
  await app.register(routesAt(`${SITE}/ig/callback`, hooks));
  return [app, log];
}

const SENDING: Record<string, NonNullable<FastifyOptions<undefined>['onError']>> = {
  'returns nothing': (_error, _request, reply) => {
    reply.code(418).send('no');
  },
  'is asynchronous and returns nothing': async (_error, _request, reply) => {
    reply.code(418).send('no');
  },
  'returns the reply': (_error, _request, reply) => reply.code(418).send('no'),
  'awaits the reply': async (_error, _request, reply) => {
    await reply.code(418).send('no');
  },
  'sends a stream': (_error, _request, reply) => {
    reply.code(418).send(Readable.from(['n', 'o']));
  },
};

for (const [what, onError] of Object.entries(SENDING)) {
  test(`a hook that sends, and ${what}, wins where replies are sent later`, async () => {
    const [app, log] = await unhurried({ onError });
    const answer = await app.inject({ method: 'GET', url: '/ig/start' });
    assert.deepEqual([answer.statusCode, answer.body, log], [418, 'no', []]);
    await app.close();
  });
}

test('a hook may wait until its reply is through', async () => {
  const through: boolean[] = [];
  const [app] = await unhurried({
    async onError(_error, _request, reply) {
      await reply.code(418).send('no');
      through.push(reply.sent);
    },
  });
  await app.inject({ method: 'GET', url: '/ig/start' });
  assert.deepEqual(through, [true]);
  await app.close();
});

test('a hook that returns a reply that it has not sent leaves the answer as it is, and nobody waits', async () => {
  for (const onError of [
    ((_error, _request, reply) => reply.header('x-mine', '1')) as FastifyOptions<undefined>['onError'],
    (async (_error, _request, reply) => reply.header('x-mine', '1')) as FastifyOptions<undefined>['onError'],
  ]) {
    const [app, log] = await unhurried({ onError });
    const answer = await app.inject({ method: 'GET', url: '/ig/start' });
    assert.deepEqual([answer.statusCode, answer.headers['x-mine'], log], [403, '1', []]);
    await app.close();
  }
});

test('a hook that hijacks the reply answers when it likes', async () => {
  const [app, log] = await unhurried({
    onError: (_error, _request, reply) => {
      reply.hijack();
      void setTimeout(20).then(() => reply.raw.end('later'));
    },
  });
  const answer = await app.inject({ method: 'GET', url: '/ig/start' });
  assert.deepEqual([answer.statusCode, answer.body, log], [200, 'later', []]);
  await app.close();
});

test("what a hook throws leaves the site's error handling a reply that it may keep for later", async () => {
  const app = fastify();
  app.setErrorHandler((_error, _request, reply) => {
    void setTimeout(10).then(() => reply.code(418).send('later'));
    return reply;
  });
  const onError = (): never => {
    throw new Error('the log is full');
  };
  await app.register(routesAt(`${SITE}/ig/callback`, { onError }));
  const answer = await app.inject({ method: 'GET', url: '/ig/start' });
  assert.deepEqual([answer.statusCode, answer.body], [418, 'later']);
  await app.close();
});
