/** What Meta signs, and what its answers mean. */

import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { appsecretProof, classify, verifySignedRequest, verifyWebhook, webhookChallenge } from 'shutterkey';
import { raised } from './support/errors.js';

const secret = 'sandbox-secret-of-an-app';
const hmac = (text: string): ReturnType<typeof createHmac> => createHmac('sha256', secret).update(text);

test('a callback that Meta signed says whom it is about', () => {
  const issued = Math.floor(Date.now() / 1000);
  const payload = Buffer.from(
    JSON.stringify({ algorithm: 'HMAC-SHA256', issued_at: issued, user_id: '17841400000000001' }),
  ).toString('base64url');
  const signed = `${hmac(payload).digest('base64url')}.${payload}`;
  const { userId, issuedAt } = verifySignedRequest(signed, ['an earlier secret', secret]);
  assert.equal(userId, '17841400000000001');
  assert.deepEqual(issuedAt, new Date(issued * 1_000));
  const error = raised(() => verifySignedRequest(signed, 'another secret'));
  assert.ok(!error.message.includes(payload));
});

test('a delivery of a webhook is verified by its bytes', () => {
  const body = '{"object":"instagram"}';
  const signature = `sha256=${hmac(body).digest('hex')}`;
  verifyWebhook(body, signature, secret);
  verifyWebhook(Buffer.from(body), signature, [secret]);
  raised(() => verifyWebhook(`${body} `, signature, secret));
  raised(() => verifyWebhook(body, undefined, secret));
});

test('the setup of a webhook is answered with its challenge', () => {
  const query = 'hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=mine';
  assert.equal(webhookChallenge(query, 'mine'), '1158201444');
  raised(() => webhookChallenge(query, 'theirs'));
});

test('the proof of an app secret is the HMAC of the token', () => {
  assert.equal(appsecretProof(secret, 'token'), hmac('token').digest('hex'));
});

test('an answer that is a success means nothing', async () => {
  assert.equal(await classify(Response.json({ id: '1' })), undefined);
});

test('an answer that says that the token is dead means that', async () => {
  const error = { message: 'changed', type: 'OAuthException', code: 190, error_subcode: 460, fbtrace_id: 'Atrace' };
  const meant = await classify({ status: 400, body: JSON.stringify({ error }) });
  assert.equal(meant?.code, 'token.invalidated');
  assert.deepEqual(meant?.provider, {
    status: 400,
    kind: 'OAuthException',
    code: 190,
    subcode: 460,
    said: 'changed',
    traceId: 'Atrace',
    isTransient: false,
  });
});
