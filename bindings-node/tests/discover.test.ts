/** Servers that describe themselves. */

import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Client, Provider, Sandbox, type Fetch } from 'shutterkey';
import { code } from './support/errors.js';

let sandbox: Sandbox;
let issuer: string;

before(async () => {
  sandbox = await Sandbox.start();
  issuer = `${sandbox.baseUrl}/standard`;
});
after(() => sandbox.close());

test('a provider is made of what a server says of itself; the settings say what it does not', async () => {
  const provider = await Provider.discover(issuer, { id: 'example', identityEndpoint: `${issuer}/userinfo` });
  assert.equal(provider.id, 'example');
  assert.equal(provider.issuer, issuer);
  assert.ok(provider.pkce && provider.issuerPromised);
  assert.equal(provider.authorizeEndpoint, `${issuer}/authorize`);
  assert.equal(provider.revocationEndpoint, `${issuer}/revoke`);
  assert.ok(new Client({ provider, clientId: 'mine', redirectUri: 'http://127.0.0.1/callback' }).authorize().url);
});

test('the caller’s own fetch is asked, at both well-known places', async () => {
  const asked: string[] = [];
  const fetch: Fetch = async (url) => {
    asked.push(url);
    return new Response('', { status: 404 });
  };
  await assert.rejects(Provider.discover('https://login.example/tenant', { fetch }));
  assert.deepEqual(asked, [
    'https://login.example/.well-known/oauth-authorization-server/tenant',
    'https://login.example/tenant/.well-known/openid-configuration',
  ]);
});

test('a server that says that it is another one is refused', async () => {
  const metadata = { issuer: 'https://evil.example', authorization_endpoint: issuer, token_endpoint: issuer };
  const fetch: Fetch = async () => Response.json(metadata);
  await assert.rejects(Provider.discover('https://login.example', { fetch }), code('redirect.issuer_mismatch'));
});

test('giving up is giving up', async () => {
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(Provider.discover(issuer, { signal }), /enough/);
});
