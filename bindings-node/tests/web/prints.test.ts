/** Nothing of a site's routes prints a secret. */

import assert from 'node:assert/strict';
import { format, inspect } from 'node:util';
import * as express from 'shutterkey/express';
import * as fastify from 'shutterkey/fastify';
import { instagramRoutes, SiteRoutes } from 'shutterkey/web';
import { everywhere, inOne, KEYS, OTHER_SECRET, VERIFY_TOKEN, type Site } from './site.js';

/** What loggers make of a value, at every level of reflection. */
function printed(...values: unknown[]): string {
  const options = { depth: Infinity, showHidden: true, getters: true };
  const all = values.map((value) => [inspect(value, options), format('%s %o %O %j', value, value, value, value)]);
  return [all, JSON.stringify(values)].join();
}

function assertNone(text: string, secrets: Record<string, string>): void {
  for (const [what, secret] of Object.entries(secrets)) {
    assert.ok(secret.length >= 8, what);
    assert.ok(!text.includes(secret), what);
  }
}

function secretsOf(site: Site): Record<string, string> {
  const key = KEYS.serialize().split(':')[1]!;
  return { 'app secret': site.app.revealClientSecret()!, 'other secret': OTHER_SECRET, 'verify token': VERIFY_TOKEN, key };
}

inOne('web', 'the handlers of every framework are printed without the secrets that they were made with', async (site) => {
  const settings = { sealKeys: KEYS, appSecrets: [OTHER_SECRET], verifyToken: VERIFY_TOKEN };
  const options = { keeper: site.keeper, ...settings };
  const made = [express.instagramRoutes(options), fastify.instagramRoutes(options), instagramRoutes(options)];
  const text = printed(...made, new SiteRoutes(site.keeper.client, settings));
  assert.match(text, /SiteRoutes/);
  assertNone(text, secretsOf(site));
  assertNone(printed(KEYS, site.keeper), { key: secretsOf(site)['key']!, secret: site.app.revealClientSecret()! });
});

everywhere('neither errors nor pages repeat what a request carried', async (site) => {
  const browser = site.browser();
  const address = await browser.approve();
  const { searchParams } = new URL(address);
  const [cookie = ''] = browser.cookies.values();
  const carried = { code: searchParams.get('code')!, state: searchParams.get('state')!, cookie };
  const before = new Map(browser.cookies);
  const answers = [
    await browser.back(address.replace(/code=/, 'code=twice&code=')),
    await browser.back(address.replace(/state=/, 'state=planted-state')),
    await browser.back(address),
  ];
  browser.cookies = before;
  answers.push(await browser.back(address));
  answers.push(await site.postForm('deauthorize', { signed_request: 'canary.canary-payload' }));
  const errors = site.heard.of('onError');
  assert.equal(errors.length, 4);
  const text = [printed(...errors), ...errors.map(({ stack }) => stack), ...answers.map((answer) => answer.text)].join();
  assertNone(text, { ...secretsOf(site), ...carried, planted: 'planted-state', payload: 'canary-payload' });
});

everywhere('an error that can be resumed is printed without its token', async (site) => {
  site.sandbox.fault('/me', 400, { error: { message: 'disabled', type: 'OAuthException', code: 101 } });
  const browser = site.browser();
  const ended = await browser.back(await browser.approve());
  const error = site.heard.only('onError');
  assertNone(printed(error) + error.stack + ended.text, { token: error.resumable!.token.reveal() });
});
