/** The addresses of routes: each adapter says what the core says. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, Keeper, MemoryStore, Provider } from 'shutterkey';
import * as express from 'shutterkey/express';
import * as fastify from 'shutterkey/fastify';
import * as web from 'shutterkey/web';
import { ROUTES } from './frameworks.js';
import { KEYS } from './site.js';

type Adapter = (options: web.SiteSettings & { readonly keeper: Keeper }) => Pick<web.WebRoutes, 'url' | 'path'>;
const ADAPTERS: Adapter[] = [express.instagramRoutes, fastify.instagramRoutes, web.instagramRoutes];

/** One that takes redirect URIs of every kind. */
const PROVIDER = Provider.standard({
  authorizeEndpoint: 'https://login.example/authorize',
  tokenEndpoint: 'https://login.example/token',
});

/** A redirect URI, settings, and the addresses of `start` and `callback` that they come to. */
const CASES: [string, Partial<web.SiteSettings>, string, string][] = [
  ['https://app.example/ig/callback', {}, 'https://app.example/ig/start', 'https://app.example/ig/callback'],
  ['https://app.example/callback', {}, 'https://app.example/start', 'https://app.example/callback'],
  ['https://app.example/a/b/done', {}, 'https://app.example/a/b/start', 'https://app.example/a/b/done'],
  ['http://localhost:3000/ig/callback', {}, 'http://localhost:3000/ig/start', 'http://localhost:3000/ig/callback'],
  ['https://app.example/cb', { prefix: '/ig/' }, 'https://app.example/ig/start', 'https://app.example/cb'],
  [
    'https://relay.example/cb',
    { origin: 'https://app.example', prefix: '/ig' },
    'https://app.example/ig/start',
    'https://relay.example/cb',
  ],
];

function keeperFor(redirectUri: string): Keeper {
  const client = new Client({ provider: PROVIDER, clientId: 'client', redirectUri });
  return new Keeper({ client, store: new MemoryStore() });
}

for (const [redirectUri, settings, start, callback] of CASES) {
  test(`${redirectUri} with ${JSON.stringify(settings)}: url() and path() are the core's`, () => {
    const keeper = keeperFor(redirectUri);
    const core = new web.SiteRoutes(keeper.client, { sealKeys: KEYS, ...settings });
    assert.deepEqual([core.url('start'), core.url('callback')], [start, callback]);
    for (const instagramRoutes of ADAPTERS) {
      const routes = instagramRoutes({ keeper, sealKeys: KEYS, ...settings });
      for (const route of ROUTES) {
        assert.equal(routes.url(route), core.url(route));
        assert.equal(routes.path(route), core.path(route));
        assert.equal(new URL(core.url(route)).pathname, core.path(route));
      }
    }
  });
}

const WRONG: [string, Partial<web.SiteSettings>, RegExp][] = [
  ['https://app.example/ig/callback', { sealKeys: 'no keys' }, /^config\.seal_key$/],
  ['https://app.example/ig/callback', { sealKeys: '' }, /^config\.seal_key$/],
  ['https://app.example/ig/callback', { home: '//evil.example' }, /^redirect\.return_to$/],
  ['https://app.example/ig/callback', { prefix: 'ig' }, /^redirect\.return_to$/],
  ['https://app.example/ig/callback', { origin: 'app.example' }, /^config\./],
  ['https://app.example/ig/callback', { trustedOrigins: ['https://app.example/page'] }, /^config\./],
  ['https://app.example/ig/callback', { appRedirectUri: '/ig/app' }, /^config\.redirect_uri$/],
];

test('what is wrong with the settings is said when the routes are made, by each adapter', () => {
  for (const [redirectUri, settings, expected] of WRONG) {
    const keeper = keeperFor(redirectUri);
    for (const instagramRoutes of ADAPTERS) {
      const make = (): unknown => instagramRoutes({ keeper, sealKeys: KEYS, ...settings });
      assert.throws(make, { code: expected }, JSON.stringify(settings));
    }
  }
});

test('a redirect URI that is no web address makes no routes', () => {
  const keeper = keeperFor('com.example.app:/callback');
  for (const instagramRoutes of ADAPTERS) {
    assert.throws(() => instagramRoutes({ keeper, sealKeys: KEYS }), { family: 'config' });
  }
});
