/** Logins through each framework's routes. */

import assert from 'node:assert/strict';
import { code } from '../support/errors.js';
import { COMMENTS, everywhere } from './site.js';

everywhere('a person connects an account, and it is stored under who they are', async (site) => {
  const browser = site.browser('ada');
  const begun = await browser.start('?return_to=/settings');
  assert.equal(begun.status, 303);
  const ended = await browser.back(await site.sandbox.approve(begun.headers.location!, { person: 'studio' }));
  assert.equal(ended.status, 303);
  assert.equal(ended.headers.location, '/settings#connected');
  assert.equal(browser.cookies.size, 0);
  const connection = site.heard.only('onConnected');
  const tenant: number = connection.context.tenant;
  assert.equal(tenant, 7);
  assert.equal(connection.account.username, 'studio.sandbox');
  assert.deepEqual(connection.missingScopes, []);
  assert.equal((await site.keeper.token('ada')).reveal(), connection.token.reveal());
});

everywhere('the path to return to may come in the form', async (site) => {
  const browser = site.browser();
  const form = { origin: site.origin, 'content-type': 'application/x-www-form-urlencoded' };
  const begun = await browser.send('POST', 'start', form, 'return_to=%2Fposts%3Fpage%3D2&other=1');
  const ended = await browser.back(await site.sandbox.approve(begun.headers.location!));
  assert.equal(ended.headers.location, '/posts?page=2#connected');
});

everywhere('without a path to return to, a person goes home', async (site) => {
  const browser = site.browser();
  const ended = await browser.back(await browser.approve());
  assert.equal(ended.headers.location, '/home#connected');
});

everywhere('a permission that was unticked is named', async (site) => {
  const browser = site.browser();
  await browser.back(await browser.approve('', { untick: [COMMENTS] }));
  assert.deepEqual(site.heard.only('onConnected').missingScopes, [COMMENTS]);
});

everywhere(
  'a permission that is required and was unticked is a refusal',
  async (site) => {
    const browser = site.browser();
    const ended = await browser.back(await browser.approve('', { untick: [COMMENTS] }));
    assert.equal(ended.status, 403);
    assert.equal(site.heard.only('onError').code, 'denied.scope');
  },
  { settings: { authorize: { requiredScopes: [COMMENTS] } } },
);

everywhere('the cookie is for this host, out of reach of scripts, and on localhost without Secure', async (site) => {
  const [cookie = '', ...others] = (await site.browser().start()).cookies;
  assert.deepEqual(others, []);
  const [pair = '', ...attributes] = cookie.split('; ');
  assert.match(pair, /^shutterkey=[\w.-]+$/);
  const known = attributes.filter((attribute) => !/^Max-Age=\d+$/.test(attribute));
  assert.deepEqual(known.sort(), ['HttpOnly', 'Path=/', 'SameSite=Lax']);
});

everywhere('a22: two tabs both succeed, after forty abandoned logins, in a cookie below 4 KB', async (site) => {
  const browser = site.browser();
  for (let abandoned = 0; abandoned < 40; abandoned += 1) {
    const [cookie = ''] = (await browser.start()).cookies;
    assert.ok(cookie.length < 4_096, String(cookie.length));
  }
  const one = await browser.approve();
  const two = await browser.approve();
  assert.equal((await browser.back(two)).status, 303);
  assert.equal((await browser.back(one)).status, 303);
  assert.equal(browser.cookies.size, 1, 'the abandoned ones');
});

everywhere('a21: an answer is refused in another browser, and the right one can still use it', async (site) => {
  const browser = site.browser();
  const thief = site.browser();
  const address = await browser.approve();
  await thief.start();
  const refused = await thief.back(address);
  assert.equal(refused.status, 400);
  assert.match(refused.text, /redirect\.state_mismatch/);
  assert.equal(site.exchanges, 0);
  assert.equal((await browser.back(address)).status, 303);
});

everywhere('a21: an answer is refused for somebody else in the same browser', async (site) => {
  const browser = site.browser('ada');
  const address = await browser.approve();
  for (const other of ['bob', undefined]) {
    browser.user = other;
    const refused = await browser.back(address);
    assert.equal(refused.status, 403);
    assert.match(refused.text, /redirect\.session_mismatch/);
  }
  await assert.rejects(site.keeper.token('bob'), code('account.not_found'));
  assert.equal(site.exchanges, 0);
});

everywhere('a login that was begun by nobody is not completed by somebody', async (site) => {
  const browser = site.browser();
  browser.user = undefined;
  const address = await browser.approve();
  browser.user = 'ada';
  assert.equal((await browser.back(address)).status, 403);
  browser.user = undefined;
  assert.equal((await browser.back(address)).status, 303);
  const [connection] = site.heard.of('onConnected');
  assert.equal((await site.keeper.account(connection!.key)).account.username, 'studio.sandbox');
});

const FORGED = 'callback?code=AQD-from-elsewhere&state=AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8';

everywhere('h5: a code for a login that was not begun here is not exchanged, and not repeated', async (site) => {
  const browser = site.browser();
  for (const forged of [FORGED.split('&', 1)[0]!, FORGED]) {
    const refused = await browser.back(forged);
    assert.equal(refused.status, 400);
    assert.doesNotMatch(refused.text, /AQD/);
  }
  await browser.start();
  assert.equal((await browser.back(FORGED)).status, 400);
  assert.equal(site.exchanges, 0);
  assert.deepEqual(site.heard.hooks, ['onError', 'onError', 'onError']);
});

everywhere('a wrong answer leaves the login open', async (site) => {
  const browser = site.browser();
  const address = await browser.approve();
  const refused = await browser.back(FORGED);
  assert.equal(refused.status, 400);
  assert.deepEqual(refused.cookies, []);
  assert.equal((await browser.back(address)).status, 303);
});

everywhere('an answer that is used again spends nothing, and the site hears of it', async (site) => {
  const browser = site.browser();
  const address = await browser.approve();
  const before = new Map(browser.cookies);
  assert.equal((await browser.back(address)).status, 303);
  browser.cookies = before;
  const again = await browser.back(address);
  assert.equal(again.status, 400);
  assert.match(again.text, /redirect\.state_used/);
  assert.equal(site.heard.of('onError')[0]?.code, 'redirect.state_used');
  assert.deepEqual(site.heard.erred, ['callback']);
  assert.equal(site.exchanges, 1);
  assert.equal(browser.cookies.size, 0, 'the login is over');
});

everywhere('a person who says no sees a page, and the login is over', async (site) => {
  const browser = site.browser();
  const ended = await browser.back(await browser.approve('?return_to=/settings', { deny: true }));
  assert.equal(ended.status, 403);
  assert.match(ended.headers['content-type']!, /^text\/html/);
  assert.match(ended.text, /Not connected/);
  assert.match(ended.text, /href="\/settings"/);
  const error = site.heard.only('onError');
  assert.equal(error.code, 'denied.by_user');
  assert.ok(error.is('denied'));
  assert.equal(browser.cookies.size, 0);
  assert.deepEqual(await site.keeper.accounts(), []);
});

everywhere('a login whose last step failed is finished by the site, under the name it was for', async (site) => {
  site.sandbox.fault('/me', 400, { error: { message: 'disabled', type: 'OAuthException', code: 101 } });
  site.hooks.onError = async (error) => {
    assert.ok(error.resumable);
    await site.keeper.resume(error.resumable);
  };
  const browser = site.browser('ada');
  const ended = await browser.back(await browser.approve());
  assert.ok(ended.status >= 500, String(ended.status));
  assert.equal((await site.keeper.account('ada')).account.username, 'studio.sandbox');
  assert.equal(site.exchanges, 1);
  assert.deepEqual(site.failures, []);
});
