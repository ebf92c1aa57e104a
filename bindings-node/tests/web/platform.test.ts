/** What the platform calls when a person leaves: deauthorize and data deletion. */

import assert from 'node:assert/strict';
import type { Connected } from 'shutterkey/web';
import { code } from '../support/errors.js';
import { everywhere, OTHER_SECRET, type Site } from './site.js';
import { signedRequest } from './signs.js';
import type { Tenant } from './told.js';

/** Ada's account is connected. */
async function connected(site: Site): Promise<Connected<Tenant>> {
  const browser = site.browser('ada');
  await browser.back(await browser.approve());
  const connection = site.heard.only('onConnected');
  site.heard.forget();
  return connection;
}

everywhere("f1: a person who removes the app is forgotten, whichever of the app's secrets signs it", async (site) => {
  for (const secret of [site.app.revealClientSecret()!, OTHER_SECRET]) {
    const { account, key } = await connected(site);
    const signed = signedRequest(site, account.appScopedId!, { secret });
    const answer = await site.postForm('deauthorize', { signed_request: signed });
    assert.equal(answer.status, 200);
    const { userId, issuedAt, removed } = site.heard.only('onDeauthorized');
    assert.equal(userId, account.appScopedId);
    assert.ok(Math.abs(issuedAt.getTime() - site.sandbox.clock.now().getTime()) < 60_000);
    assert.deepEqual(removed, key);
    await assert.rejects(site.keeper.token('ada'), code('account.not_found'));
    site.heard.forget();
  }
});

everywhere('f1: a callback about somebody unknown is answered as well', async (site) => {
  const answer = await site.postForm('deauthorize', { signed_request: signedRequest(site, '999') });
  assert.equal(answer.status, 200);
  const callback = site.heard.only('onDeauthorized');
  assert.equal(callback.userId, '999');
  assert.equal('removed' in callback, false);
});

everywhere('f1: what the platform did not sign removes nothing', async (site) => {
  const { account } = await connected(site);
  const about = account.appScopedId!;
  const good = signedRequest(site, about);
  const [signature = '', payload = ''] = good.split('.');
  const other = signedRequest(site, '999').split('.')[1]!;
  const bad = {
    'another secret': signedRequest(site, about, { secret: 'a-guess' }),
    'no algorithm': signedRequest(site, about, { algorithm: 'none' }),
    'hmac-sha1': signedRequest(site, about, { algorithm: 'HMAC-SHA1' }),
    'an old one': signedRequest(site, about, { age: 4_000 }),
    'another payload': `${signature}.${other}`,
    'no dot': `${signature}${payload}`,
    'two dots': `${good}.`,
    'a letter less': good.slice(1),
    nothing: '',
  };
  for (const route of ['deauthorize', 'data-deletion']) {
    for (const [what, signed] of Object.entries(bad)) {
      const refused = await site.postForm(route, { signed_request: signed });
      assert.ok([400, 403].includes(refused.status), `${route}, ${what}: ${refused.status}`);
      const { error } = JSON.parse(refused.text) as { error: { code: string } };
      assert.match(error.code, /^provider\.(signature_invalid|callback_malformed)$/, what);
    }
    assert.equal((await site.postForm(route, {})).status, 400);
    assert.equal((await site.send('POST', route)).status, 400);
  }
  assert.deepEqual(new Set(site.heard.hooks), new Set(['onError']));
  assert.equal((await site.keeper.account('ada')).account.appScopedId, about);
});

everywhere('a deletion is carried out and confirmed, and its page says how far it is', async (site) => {
  const { account, key } = await connected(site);
  const signed = signedRequest(site, account.appScopedId!);
  const answer = await site.postForm('data-deletion', { signed_request: signed });
  assert.equal(answer.status, 200);
  assert.match(answer.headers['content-type']!, /^application\/json/);
  const confirmed = JSON.parse(answer.text) as { url: string; confirmation_code: string };
  const { confirmation_code: confirmation } = confirmed;
  assert.match(confirmation, /^[0-9a-zA-Z]+$/);
  assert.ok(!confirmation.includes(account.appScopedId!));
  assert.equal(confirmed.url, `${site.routes.url('data-deletion')}?code=${confirmation}`);
  const { issuedAt, ...heard } = site.heard.only('onDataDeletion');
  assert.deepEqual(heard, { userId: account.appScopedId, removed: key, confirmationCode: confirmation });
  assert.ok(issuedAt instanceof Date);
  await assert.rejects(site.keeper.token('ada'), code('account.not_found'));

  const done = await site.send('GET', confirmed.url);
  assert.equal(done.status, 200);
  assert.match(done.headers['content-type']!, /^text\/html/);
  assert.match(done.text, /has been deleted/);
  const head = await site.send('HEAD', confirmed.url);
  assert.deepEqual([head.status, head.text], [200, '']);
  site.heard.forget();
  site.hooks.deletionStatus = ({ confirmationCode }) => `${confirmationCode === confirmation}: two of <three> backups`;
  const going = await site.send('GET', confirmed.url);
  assert.match(going.text, /true: two of &#60;three&#62; backups/);
  assert.doesNotMatch(going.text, /has been deleted/);
  assert.ok(site.heard.only('deletionStatus').requestedAt instanceof Date);
});

everywhere('a confirmation code cannot be made up', async (site) => {
  const answer = await site.postForm('data-deletion', { signed_request: signedRequest(site, '999') });
  const { confirmation_code: confirmation } = JSON.parse(answer.text) as { confirmation_code: string };
  const other = confirmation.endsWith('0') ? '1' : '0';
  const guesses = [`?code=${confirmation.slice(0, -1)}${other}`, '?code=abc123', '?code=', ''];
  for (const guess of [...guesses, `?code=${confirmation}&code=${confirmation}`]) {
    const page = await site.send('GET', `data-deletion${guess}`);
    assert.equal(page.status, 404, guess);
    assert.match(page.text, /no such request/, guess);
  }
  assert.deepEqual(site.heard.of('deletionStatus'), []);
});

everywhere('a deletion that the site did not carry out is not confirmed, and is asked for again', async (site) => {
  const { account } = await connected(site);
  const signed = signedRequest(site, account.appScopedId!);
  const wrong = new Error('the database is away');
  site.hooks.onDataDeletion = () => {
    throw wrong;
  };
  const failed = await site.postForm('data-deletion', { signed_request: signed });
  assert.equal(failed.status, 500);
  assert.doesNotMatch(failed.text, /confirmation_code/);
  assert.deepEqual(site.failures, [wrong]);
  delete site.hooks.onDataDeletion;
  const again = await site.postForm('data-deletion', { signed_request: signed });
  assert.equal(again.status, 200);
  const [first, second] = site.heard.of('onDataDeletion');
  assert.equal(first!.confirmationCode, second!.confirmationCode);
});
