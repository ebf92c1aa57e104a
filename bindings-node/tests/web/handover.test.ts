/** An app that shares its logins with the site, through each framework's routes. */

import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { SealKeys } from 'shutterkey';
import { HandoverStart } from 'shutterkey/protocol';
import { code } from '../support/errors.js';
import { APP_REDIRECT, everywhere, startSite, type Answer, type Browser, type Site } from './site.js';

/** What an app hands over: it began, its user went to the platform and came back. */
async function approved(site: Site, app: Browser): Promise<string> {
  const begun = HandoverStart.parse((await app.begin()).text);
  return begun.answer(await site.sandbox.approve(begun.url, { person: 'bakery' })).toJson();
}

interface Handed {
  version: number;
  handle?: string;
  redirect_url: string;
}

/** A refusal is said to an app as JSON. */
function assertRefused({ status, headers, text }: Answer, expected: number, code: string): void {
  assert.match(headers['content-type']!, /^application\/json/);
  const { error } = JSON.parse(text) as { error: Record<string, string> };
  assert.deepEqual([status, error['code']], [expected, code]);
  assert.deepEqual(Object.keys(error).sort(), ['code', 'hint', 'message']);
}

everywhere('a person connects an account in the app, and it is stored under who they are here', async (site) => {
  const app = site.browser('ada');
  const begun = await app.begin();
  assert.deepEqual([begun.status, begun.cookies], [200, []]);
  const members = Object.keys(JSON.parse(begun.text) as object);
  assert.deepEqual(members.sort(), ['expires_at', 'handle', 'url', 'version']);
  const start = HandoverStart.parse(begun.text);
  assert.equal(start.redirectUri, APP_REDIRECT);
  assert.ok(new URL(start.url).searchParams.has('force_reauth'));

  const redirect = await site.sandbox.approve(start.url, { person: 'studio' });
  const ended = await app.finish(start.answer(redirect).toJson());
  assert.deepEqual([ended.status, ended.cookies], [200, []]);
  const { account, token, context } = site.heard.only('onConnected');
  assert.deepEqual(context, { tenant: 7 });
  assert.equal((await site.keeper.token('ada')).reveal(), token.reveal());
  const said = JSON.parse(ended.text) as { account: Record<string, string>; missing_scopes: string[] };
  assert.deepEqual([said.account['user_id'], said.account['username']], [account.userId, 'studio.sandbox']);
  assert.deepEqual(said.missing_scopes, []);
  assert.ok(!ended.text.includes(token.reveal()));
});

everywhere('h5: a login that was begun for another user is refused, and the right one can still finish it', async (site) => {
  const app = site.browser('ada');
  const handed = await approved(site, app);
  assertRefused(await site.browser('eve').finish(handed), 400, 'redirect.seal_invalid');
  assert.equal(site.exchanges, 0);
  assert.deepEqual(site.heard.hooks, ['onError']);
  await assert.rejects(site.keeper.token('eve'), code('account.not_found'));
  assert.equal((await app.finish(handed)).status, 200);
});

everywhere('h5: a code without the handle of its login is never exchanged', async (site) => {
  const app = site.browser();
  const mine = JSON.parse(await approved(site, app)) as Handed;
  const planted = JSON.parse(await approved(site, app)) as Handed;
  assertRefused(await app.finish(JSON.stringify({ ...planted, handle: mine.handle })), 400, 'redirect.state_mismatch');
  for (const handle of ['', 'sk1.keyA.made-up']) {
    assertRefused(await app.finish(JSON.stringify({ ...planted, handle })), 400, 'redirect.seal_invalid');
  }
  delete planted.handle;
  assertRefused(await app.finish(JSON.stringify(planted)), 400, 'redirect.malformed');
  assert.equal(site.exchanges, 0);
});

everywhere('h5: what another backend sealed is refused', async (site, framework) => {
  const elsewhere = await startSite(framework, { settings: { sealKeys: SealKeys.generate() } });
  try {
    const handed = await approved(elsewhere, elsewhere.browser());
    assertRefused(await site.browser().finish(handed), 400, 'redirect.seal_invalid');
    assert.equal(site.exchanges, 0);
  } finally {
    await elsewhere.close();
  }
});

everywhere('an app whose user is not signed in is refused', async (site) => {
  const app = site.browser();
  const handed = await approved(site, app);
  app.user = undefined;
  assertRefused(await app.begin(), 403, 'redirect.session_mismatch');
  assertRefused(await app.finish(handed), 403, 'redirect.session_mismatch');
  assert.deepEqual(site.heard.erred, ['handover-start', 'handover-finish']);
  assert.equal(site.exchanges, 0);
});

everywhere('a login is finished once', async (site) => {
  const app = site.browser();
  const handed = await approved(site, app);
  assert.equal((await app.finish(handed)).status, 200);
  assertRefused(await app.finish(handed), 400, 'redirect.state_used');
  assert.equal(site.exchanges, 1);
});

everywhere('a page of another site is nobody’s app', async (site) => {
  const browser = site.browser();
  const handed = await approved(site, browser);
  const elsewhere = { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' };
  assertRefused(await browser.begin(elsewhere), 403, 'redirect.cross_site');
  assertRefused(await browser.finish(handed, elsewhere), 403, 'redirect.cross_site');
  assertRefused(await browser.finish(handed, { 'content-type': 'text/plain' }), 400, 'redirect.malformed');
  assert.equal(site.exchanges, 0);
});

everywhere('a person who says no is said so by the app and by its backend', async (site) => {
  const app = site.browser();
  const { text } = await app.begin();
  const start = HandoverStart.parse(text);
  const declined = await site.sandbox.approve(start.url, { deny: true });
  assert.throws(() => start.answer(declined), code('denied.by_user'));
  const { handle } = JSON.parse(text) as Handed;
  const handed = { version: 1, handle, redirect_url: declined };
  assertRefused(await app.finish(JSON.stringify(handed)), 403, 'denied.by_user');
});

everywhere('neither an error nor its answer repeats what an app sent', async (site) => {
  const app = site.browser('ada');
  const handed = await approved(site, app);
  const { text } = await site.browser('eve').finish(handed);
  const error = site.heard.only('onError');
  const printed = [text, inspect(error, { depth: Infinity, showHidden: true }), error.stack, JSON.stringify(error)].join();
  const { handle, redirect_url: redirect } = JSON.parse(handed) as Handed;
  for (const secret of [handle!, redirect, new URL(redirect).search]) assert.ok(!printed.includes(secret));
});

everywhere('a hand-over that is too large is not taken in', async (site) => {
  assert.equal((await site.browser().finish(' '.repeat((1 << 20) + 1))).status, 413);
});

everywhere(
  'without a redirect URI of its own the app takes the site’s',
  async (site) => {
    const app = site.browser();
    const { redirectUri } = HandoverStart.parse((await app.begin()).text);
    assert.equal(redirectUri, site.routes.url('callback'));
    assert.equal((await app.finish(await approved(site, app))).status, 200);
  },
  { settings: { appRedirectUri: undefined } },
);

everywhere('a hook that answers by itself wins', async (site) => {
  site.hooks.onConnected = ({ account }, redirect) => redirect(`/welcome/${account.username}`);
  const app = site.browser();
  const ended = await app.finish(await approved(site, app));
  assert.deepEqual([ended.status, ended.headers.location], [302, '/welcome/bakery.sandbox']);
  assert.deepEqual(site.failures, []);
});
