/** The webhook: its subscription check, and deliveries that are verified over their very bytes. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { everywhere, OTHER_SECRET, VERIFY_TOKEN } from './site.js';
import { deliver, hubSignature } from './signs.js';

/** As Meta writes it: what is not ASCII is escaped. */
const DELIVERY =
  '{"object":"instagram","entry":[{"id":"17841400000000001","time":1520383571,' +
  '"changes":[{"field":"comments","value":{"text":"caf\\u00e9 \\/ bar"}}]}]}';

everywhere('f2: the challenge is echoed for the right verify token alone', async (site) => {
  const check = 'webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
  const answer = await site.send('GET', `${check}${VERIFY_TOKEN}`);
  assert.deepEqual([answer.status, answer.text], [200, '1158201444']);
  assert.match(answer.headers['content-type']!, /^text\/plain/);
  assert.deepEqual(site.heard.hooks, []);
  for (const guess of ['guess', '', `${VERIFY_TOKEN}x`, VERIFY_TOKEN.toUpperCase()]) {
    const refused = await site.send('GET', `${check}${guess}`);
    assert.equal(refused.status, 403, guess);
    assert.doesNotMatch(refused.text, /1158201444/);
  }
  assert.equal((await site.send('GET', 'webhook')).status, 400);
});

everywhere(
  'f2: without a verify token no check succeeds',
  async (site) => {
    const check = 'webhook?hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=';
    for (const guess of ['', 'undefined']) {
      const refused = await site.send('GET', `${check}${guess}`);
      assert.equal(refused.status, 500);
      assert.doesNotMatch(refused.text, /1158201444/);
    }
    assert.deepEqual(site.heard.of('onError').map(({ family }) => family), ['config', 'config']);
  },
  { settings: { verifyToken: undefined } },
);

everywhere('f2: a delivery is handed on when its exact bytes are signed', async (site) => {
  const answer = await deliver(site, DELIVERY);
  assert.deepEqual([answer.status, answer.text], [200, '']);
  const payload = site.heard.only('onWebhook') as { entry: [{ changes: [{ value: unknown }] }] };
  assert.deepEqual(payload.entry[0].changes[0].value, { text: 'café / bar' });
});

everywhere("f2: a delivery may be signed with another of the app's secrets, and be of any type", async (site) => {
  const headers = { 'x-hub-signature-256': hubSignature(site, DELIVERY, OTHER_SECRET) };
  assert.equal((await deliver(site, DELIVERY, headers)).status, 200);
  const bare = { 'x-hub-signature-256': hubSignature(site, DELIVERY) };
  assert.equal((await site.send('POST', 'webhook', bare, DELIVERY)).status, 200);
  const text = { ...bare, 'content-type': 'text/plain; charset=latin1' };
  assert.equal((await site.send('POST', 'webhook', text, DELIVERY)).status, 200);
  assert.equal(site.heard.of('onWebhook').length, 3);
});

everywhere('f2: bytes that are no UTF-8 are no different bytes', async (site) => {
  const body = Buffer.from('{"text":"caf\xe9"}', 'latin1');
  const refused = await deliver(site, body);
  assert.equal(refused.status, 400);
  assert.equal(site.heard.only('onError').code, 'provider.callback_malformed', 'the signature is right, the JSON is not');
});

everywhere('f2: a delivery that was written again, or signed otherwise, is refused', async (site) => {
  const signature = hubSignature(site, DELIVERY);
  const sha1 = createHmac('sha1', site.app.revealClientSecret()!).update(DELIVERY).digest('hex');
  const sent: [string, string, Record<string, string>][] = [
    ['written again', JSON.stringify(JSON.parse(DELIVERY)), { 'x-hub-signature-256': signature }],
    ['one byte more', `${DELIVERY}\n`, { 'x-hub-signature-256': signature }],
    ['empty', '', { 'x-hub-signature-256': signature }],
    ['no signature', DELIVERY, {}],
    ['sha1 alone', DELIVERY, { 'x-hub-signature': `sha1=${sha1}` }],
    ['sha1 in its place', DELIVERY, { 'x-hub-signature-256': `sha1=${sha1}` }],
    ['upper case', DELIVERY, { 'x-hub-signature-256': signature.toUpperCase() }],
    ['upper case digits', DELIVERY, { 'x-hub-signature-256': `sha256=${signature.slice(7).toUpperCase()}` }],
    ['without its name', DELIVERY, { 'x-hub-signature-256': signature.slice(7) }],
    ['another secret', DELIVERY, { 'x-hub-signature-256': hubSignature(site, DELIVERY, 'a-guess') }],
  ];
  for (const [what, body, headers] of sent) {
    const refused = await deliver(site, body, headers);
    assert.ok([400, 403].includes(refused.status), `${what}: ${refused.status}`);
  }
  assert.deepEqual(site.heard.of('onWebhook'), []);
  assert.equal(site.heard.of('onError').length, sent.length);
});

everywhere('a delivery that the site did not take is delivered again', async (site) => {
  const wrong = new Error('the queue is full');
  site.hooks.onWebhook = () => Promise.reject(wrong);
  assert.equal((await deliver(site, DELIVERY)).status, 500);
  assert.deepEqual(site.failures, [wrong]);
});
