/** Who may begin a login, where it may lead, and what a browser may do by itself. */

import assert from 'node:assert/strict';
import { everywhere } from './site.js';
import { OWN_PAGE } from './frameworks.js';

const NAVIGATION = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };

const ELSEWHERE: [string, string, Record<string, string>][] = [
  ['a form of another site', 'POST', { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' }],
  ['a form of a subdomain', 'POST', { 'sec-fetch-site': 'same-site', origin: 'https://blog.app.example' }],
  ['a form of another site, in an old browser', 'POST', { origin: 'https://evil.example' }],
  ['a form in a sandboxed frame', 'POST', { origin: 'null' }],
  ['a link on another site', 'GET', { ...NAVIGATION, 'sec-fetch-site': 'cross-site' }],
  ['a link in a mail', 'GET', { ...NAVIGATION, 'sec-fetch-site': 'none' }],
  ['an image on a page', 'GET', { 'sec-fetch-site': 'same-origin', 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }],
  ['a page that is loaded ahead', 'GET', { ...NAVIGATION, 'sec-fetch-site': 'same-origin', 'sec-purpose': 'prefetch' }],
  ['a GET of who knows what', 'GET', {}],
];

everywhere('h4: another site, a mail or an image cannot begin a login', async (site) => {
  for (const [what, method, headers] of ELSEWHERE) {
    site.heard.forget();
    const begun = await site.browser().send(method, 'start', headers);
    assert.equal(begun.status, 403, what);
    assert.match(begun.text, /redirect\.cross_site/, what);
    assert.deepEqual(begun.cookies, [], what);
    assert.equal(begun.headers.location, undefined, what);
    assert.equal(site.heard.only('onError').code, 'redirect.cross_site', what);
  }
});

everywhere('h4: the Host header does not say which site this is', async (site) => {
  const begun = await site.browser().send('POST', 'start', { host: 'evil.example', origin: 'http://evil.example' });
  assert.equal(begun.status, 403);
});

everywhere('a link on a page of the site begins a login', async (site) => {
  const begun = await site.browser().send('GET', 'start', { ...NAVIGATION, 'sec-fetch-site': 'same-origin' });
  assert.equal(begun.status, 303);
});

everywhere(
  'a page of a trusted origin begins a login by POST',
  async (site) => {
    const headers = { 'sec-fetch-site': 'same-site', origin: 'https://www.app.example' };
    assert.equal((await site.browser().send('POST', 'start', headers)).status, 303);
    const other = { ...headers, origin: 'https://blog.app.example' };
    assert.equal((await site.browser().send('POST', 'start', other)).status, 403);
  },
  { settings: { trustedOrigins: ['https://www.app.example'] } },
);

const AWAY = ['//evil.example', 'https:evil.example', '/\\evil.example', '/a\r\nb', 'https://evil.example', 'settings'];

everywhere('a25: a path to return to that leads elsewhere is refused, in the query and in the form', async (site) => {
  for (const path of AWAY) {
    const query = await site.browser().start(`?return_to=${encodeURIComponent(path)}`);
    const form = await site.postForm('start', { return_to: path }, { origin: site.origin });
    for (const begun of [query, form]) {
      assert.equal(begun.status, 400, path);
      assert.match(begun.text, /redirect\.return_to/, path);
      assert.doesNotMatch(begun.text, /evil/);
      assert.deepEqual(begun.cookies, [], path);
    }
  }
});

everywhere('a25: two paths to return to are refused', async (site) => {
  const twice = await site.browser().start('?return_to=/one&return_to=/two');
  const both = await site.postForm('start?return_to=/one', { return_to: '/two' }, { origin: site.origin });
  assert.deepEqual([twice.status, both.status], [400, 400]);
});

everywhere('a callback that is loaded ahead, or asked for by HEAD, spends nothing', async (site) => {
  const browser = site.browser();
  const address = await browser.approve();
  const ahead = await browser.send('GET', address, { 'sec-purpose': 'prefetch;prerender' });
  const head = await browser.send('HEAD', address);
  for (const refused of [ahead, head]) assert.ok(refused.status >= 400, String(refused.status));
  assert.equal(head.text, '');
  assert.equal(site.exchanges, 0);
  assert.equal((await browser.back(address)).status, 303);
});

everywhere('what is no route, and a method that a route does not have, is left to the site', async (site) => {
  for (const path of ['other', 'callback/', 'callback/more', 'start.php', 'Callback']) {
    const answer = await site.send('GET', path);
    assert.deepEqual([answer.status, answer.text], [404, OWN_PAGE], path);
  }
  for (const asked of ['POST callback', 'GET deauthorize', 'PUT webhook', 'DELETE start', 'OPTIONS callback', 'GET handover-start']) {
    const [method = '', path = ''] = asked.split(' ');
    const answer = await site.send(method, path);
    assert.ok([404, 405].includes(answer.status), `${asked}: ${answer.status}`);
  }
  assert.deepEqual(site.heard.hooks, []);
  assert.deepEqual(site.failures, []);
});

everywhere('no answer is for a cache, a referrer or a guess at its type', async (site) => {
  const browser = site.browser();
  const begun = await browser.start();
  const answers = [
    begun,
    await browser.back(await site.sandbox.approve(begun.headers.location!)),
    await browser.send('GET', 'start'),
    await browser.back('callback?error=access_denied'),
    await site.postForm('deauthorize', { signed_request: 'guess' }),
    await site.postForm('data-deletion', { signed_request: 'guess' }),
    await site.send('GET', 'data-deletion?code=guess'),
    await site.send('GET', 'webhook?hub.mode=subscribe&hub.challenge=1&hub.verify_token=guess'),
    await site.send('POST', 'webhook', { 'content-type': 'application/json' }, '{}'),
    await browser.begin(),
    await browser.finish('{}'),
  ];
  for (const [at, { headers, status }] of answers.entries()) {
    assert.equal(headers['cache-control'], 'no-store', String(at));
    assert.equal(headers['referrer-policy'], 'no-referrer', String(at));
    assert.equal(headers['x-content-type-options'], 'nosniff', String(at));
    if (headers['content-type']?.startsWith('text/html')) {
      assert.match(String(headers['content-security-policy']), /^default-src 'none'/, String(at));
    }
    assert.ok(status < 500, `${at}: ${status}`);
  }
});
