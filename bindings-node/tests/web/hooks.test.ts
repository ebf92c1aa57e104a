/** Hooks: an answer of their own wins, and what they throw is the site's to show. */

import assert from 'node:assert/strict';
import { OWN_ERROR } from './frameworks.js';
import { deliver, signedRequest } from './signs.js';
import { everywhere } from './site.js';

everywhere('a hook that answers by itself wins, and the login leaves the cookie all the same', async (site) => {
  site.hooks.onConnected = ({ account }, redirect) => redirect(`/welcome/${account.username}`);
  const browser = site.browser();
  const ended = await browser.back(await browser.approve('?return_to=/settings'));
  assert.equal(ended.status, 302);
  assert.equal(ended.headers.location, '/welcome/studio.sandbox');
  assert.equal(ended.cookies.length, 1);
  assert.equal(browser.cookies.size, 0);
  assert.deepEqual(site.failures, [], 'nothing is sent twice');
});

everywhere('a hook that answers a refusal by itself wins as well', async (site) => {
  site.hooks.onError = (error, redirect) => redirect(`/sorry?because=${error.code}`);
  const browser = site.browser();
  const ended = await browser.back(await browser.approve('', { deny: true }));
  assert.deepEqual([ended.status, ended.headers.location], [302, '/sorry?because=denied.by_user']);
  assert.equal(browser.cookies.size, 0, 'a login that was denied is over');
  const begun = await browser.send('POST', 'start', { origin: 'https://evil.example' });
  assert.deepEqual([begun.status, begun.headers.location], [302, '/sorry?because=redirect.cross_site']);
  assert.deepEqual(site.failures, []);
});

everywhere('a hook that answers nothing leaves the answer as it is', async (site) => {
  site.hooks.onConnected = () => Promise.resolve();
  site.hooks.onError = () => null;
  const browser = site.browser();
  const ended = await browser.back(await browser.approve());
  assert.deepEqual([ended.status, ended.headers.location], [303, '/home#connected']);
  assert.equal((await browser.send('GET', 'start')).status, 403);
});

everywhere('what a hook throws comes to the error handling of the framework, once', async (site) => {
  const wrong = new Error('the database is away');
  site.hooks.onConnected = () => {
    throw wrong;
  };
  const browser = site.browser('ada');
  const ended = await browser.back(await browser.approve());
  assert.deepEqual([ended.status, ended.text], [500, OWN_ERROR]);
  assert.deepEqual(site.failures, [wrong]);
  assert.deepEqual(site.heard.hooks, ['onConnected']);
  assert.ok(await site.keeper.token('ada'), 'the account is stored before the hook is called');
});

everywhere('what the hook for errors throws comes there too', async (site) => {
  const wrong = new Error('the log is full');
  site.hooks.onError = () => Promise.reject(wrong);
  const refused = await site.browser().send('GET', 'start');
  assert.deepEqual([refused.status, refused.text], [500, OWN_ERROR]);
  assert.deepEqual(site.failures, [wrong]);
});

everywhere('the hook for errors is told which route it was', async (site) => {
  await site.send('GET', 'start');
  await site.send('GET', 'callback');
  const posted = ['deauthorize', 'data-deletion', 'webhook', 'handover-start', 'handover-finish'];
  for (const route of posted) await site.send('POST', route);
  await site.send('GET', 'data-deletion');
  const routes = ['start', 'callback', ...posted, 'data-deletion'];
  assert.deepEqual(site.heard.erred, routes);
});

everywhere('what the platform is told is not what a hook for it ended in, such as the response of a call', async (site) => {
  const inside = (): Response => new Response('of a service inside', { status: 202 });
  Object.assign(site.hooks, { onWebhook: inside, onDeauthorized: inside, onDataDeletion: inside });
  const delivered = await deliver(site, '{}');
  assert.deepEqual([delivered.status, delivered.text], [200, '']);
  const form = { signed_request: signedRequest(site, '999') };
  const removed = await site.postForm('deauthorize', form);
  assert.deepEqual([removed.status, removed.text], [200, '']);
  const deletion = await site.postForm('data-deletion', form);
  assert.equal(deletion.status, 200);
  assert.match(deletion.text, /"confirmation_code"/);
});
