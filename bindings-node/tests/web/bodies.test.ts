/** Bodies: what is signed are the bytes as they came, and not too many of them. */

import assert from 'node:assert/strict';
import type { Hono } from 'hono';
import { ShutterkeyError } from 'shutterkey';
import { everywhere, inOne, type Particulars, type Site } from './site.js';
import { deliver, signedRequest } from './signs.js';

const DELIVERY = '{"object":"instagram","entry":[{"id":"17841400000000001","text":"caf\\u00e9"}]}';
const CAP = 1 << 20;

everywhere('a body of a megabyte is taken in, a larger one is not', async (site) => {
  const most = `{"object":"${'x'.repeat(CAP - 13)}"}`;
  assert.equal(most.length, CAP);
  assert.equal((await deliver(site, most)).status, 200);
  assert.equal((await deliver(site, `${most} `)).status, 413);
  assert.equal((await deliver(site, Buffer.alloc(5 * CAP, 32))).status, 413);
  assert.deepEqual(site.heard.hooks, ['onWebhook']);
});

everywhere('a body that comes in pieces, and does not say how long it is, is capped as well', async (site) => {
  const headers = { 'transfer-encoding': 'chunked', 'x-hub-signature-256': 'sha256=00' };
  assert.equal((await deliver(site, Buffer.alloc(2 * CAP, 32), headers)).status, 413);
  assert.deepEqual(site.heard.hooks, []);
});

/** The clear error, at the site's own error handling, for those who run the site: not the answer to a bad signature. */
async function refusesWhatWasParsed(site: Site, advice: RegExp): Promise<void> {
  const delivered = await deliver(site, DELIVERY);
  const removed = await site.postForm('deauthorize', { signed_request: signedRequest(site, '999') });
  assert.deepEqual([delivered.status, removed.status], [500, 500]);
  assert.equal(site.failures.length, 2);
  for (const error of site.failures) {
    assert.ok(error instanceof ShutterkeyError, String(error));
    assert.equal(error.code, 'internal.misuse');
    assert.match(error.message, advice);
  }
  assert.deepEqual(site.heard.hooks, []);
}

/** Parsers of an Express site, before the routes. */
function before(parsers: (make: Make) => unknown[]): Particulars {
  return { first: { express: (app, make) => parsers(make).forEach((parser) => app.use(parser as never)) } };
}
type Make = Parameters<NonNullable<NonNullable<Particulars['first']>['express']>>[1];

for (const framework of ['express', 'express4'] as const) {
  inOne(
    framework,
    'a body that was parsed before is a clear error, not a bad signature',
    (site) => refusesWhatWasParsed(site, /Mount instagramRoutes before express\.json\(\).*request\.rawBody/),
    before((make) => [make.json(), make.urlencoded({ extended: false })]),
  );

  inOne(
    framework,
    'a body that was parsed as text is no bytes',
    (site) => refusesWhatWasParsed(site, /before express\.json\(\)/),
    before((make) => [make.text({ type: '*/*' })]),
  );

  inOne(
    framework,
    'what has no body is served whatever parsers came before',
    async (site) => {
      const browser = site.browser();
      assert.equal((await browser.back(await browser.approve())).status, 303);
      assert.equal((await site.send('POST', 'deauthorize')).status, 400);
      assert.deepEqual(site.failures, []);
    },
    before((make) => [make.json(), make.urlencoded({ extended: false })]),
  );

  inOne(
    framework,
    'the bytes that express.raw() or a parser kept in rawBody are taken',
    async (site) => {
      assert.equal((await deliver(site, DELIVERY)).status, 200);
      const callback = await site.postForm('deauthorize', { signed_request: signedRequest(site, '999') });
      assert.equal(callback.status, 200);
      assert.equal((await deliver(site, `${DELIVERY} `, { 'x-hub-signature-256': 'sha256=00' })).status, 403);
      assert.deepEqual(site.heard.hooks, ['onWebhook', 'onDeauthorized', 'onError']);
    },
    before((make) => [
      make.json({ verify: (request, _response, bytes) => Object.assign(request, { rawBody: bytes }) }),
      make.raw({ type: '*/*' }),
    ]),
  );
}

inOne('fastify', 'the parsers of a site do not touch the bodies of the routes', async (site) => {
  assert.equal((await deliver(site, DELIVERY)).status, 200);
  const callback = await site.postForm('deauthorize', { signed_request: signedRequest(site, '999') });
  assert.equal(callback.status, 200);
}, {
  first: {
    fastify(app) {
      const kinds = ['application/json', 'application/x-www-form-urlencoded'];
      app.removeContentTypeParser('application/json');
      app.addContentTypeParser(kinds, { parseAs: 'string' }, (_request, body, done) => done(null, { parsed: body }));
    },
  },
});

inOne(
  'fastify',
  'a body that a hook has parsed is a clear error, not a bad signature',
  (site) => refusesWhatWasParsed(site, /a plugin of its own, not by fastify-plugin/),
  {
    first: {
      fastify: (app) =>
        void app.addHook('preHandler', async (request) => {
          request.body = { parsed: String(request.body) };
        }),
    },
  },
);

const read: Particulars = {
  first: {
    hono: (app: Hono) =>
      void app.use(async (context, next) => {
        if (context.req.method === 'POST') await context.req.text();
        await next();
      }),
  },
};
inOne(
  'hono',
  'a Request whose body was read is a clear error, not a bad signature',
  (site) => refusesWhatWasParsed(site, /pass the Request on as it came, or request\.clone\(\)/),
  read,
);
