/** Where the routes are: in the folder of the redirect URI, wherever that is mounted. */

import assert from 'node:assert/strict';
import { HandoverStart } from 'shutterkey/protocol';
import { ROUTES } from './frameworks.js';
import { everywhere, type Particulars, type Site } from './site.js';
import { deliver, signedRequest } from './signs.js';

const MOUNTS: Record<string, Particulars> = {
  'at the root': {},
  'at their folder': { mount: '/ig' },
  'at the root of the site itself': { folder: '' },
  'in a folder of a folder': { folder: '/accounts/ig', mount: '/accounts' },
  'behind a proxy that takes a folder off': { behind: 'https://site.example/api/ig', mount: '/ig' },
  'behind a proxy that puts a folder on': { behind: 'https://site.example', mount: '/internal/ig' },
};

async function everyRouteIsServed(site: Site): Promise<void> {
  const browser = site.browser();
  const begun = await browser.start('?return_to=/settings');
  assert.equal(begun.status, 303);
  const ended = await browser.back(await site.sandbox.approve(begun.headers.location!));
  assert.equal(ended.headers.location, '/settings#connected');
  const form = { signed_request: signedRequest(site, '999') };
  assert.equal((await site.postForm('deauthorize', form)).status, 200);
  const deletion = await site.postForm('data-deletion', form);
  const { url } = JSON.parse(deletion.text) as { url: string };
  assert.ok(url.startsWith(`${site.routes.url('data-deletion')}?`));
  assert.equal((await site.send('GET', url)).status, 200);
  assert.equal((await deliver(site, '{}')).status, 200);
  const handed = HandoverStart.parse((await browser.begin()).text);
  const { text } = await browser.finish(handed.answer(await site.sandbox.approve(handed.url)).toJson());
  assert.match(text, /"username":"studio\.sandbox"/);
  assert.deepEqual(site.heard.of('onError'), []);
}

for (const [where, particulars] of Object.entries(MOUNTS)) {
  everywhere(`routes are served ${where}`, everyRouteIsServed, particulars);
}

everywhere(
  'behind https, the cookie is for https and this host alone',
  async (site) => {
    const [cookie = ''] = (await site.browser().start()).cookies;
    assert.match(cookie, /^__Host-shutterkey=[\w.-]+; /);
    const attributes = cookie.split('; ');
    assert.ok(attributes.includes('Secure') && attributes.includes('Path=/') && attributes.includes('HttpOnly'));
    assert.ok(!attributes.some((attribute) => attribute.startsWith('Domain')));
    const addresses = ROUTES.map((route) => site.routes.url(route));
    assert.deepEqual(addresses, ROUTES.map((route) => `https://site.example/api/ig/${route}`));
  },
  { behind: 'https://site.example/api/ig', mount: '/ig' },
);
