/**
 * Full logins a second against the sandbox: authorize, approval, code exchange, long-lived exchange, identity; beside peers doing the
 * same calls. The approval alone is the sandbox's own share; the figures in brackets are without it.
 */

import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { Client, Keeper, MemoryStore, Sandbox } from '../lib/index.js';
import { median } from './lib.js';

const rounds = Number(process.argv[2] ?? 5);
const SECONDS = 1;
const REDIRECT = 'https://localhost/';
const SCOPE = 'instagram_business_basic';

const sandbox = await Sandbox.start();
const app = sandbox.app('instagram', { redirectUri: REDIRECT });
const base = `${sandbox.baseUrl}/instagram`;
const secret = app.revealClientSecret();
const client = sandbox.client(app);
const keeper = new Keeper({ client, store: new MemoryStore() });
const withFetch = new Client(app.config(), { clock: sandbox.clock, fetch });

/** What comes after the exchange, for peers that know nothing of it. */
async function longAndWhose(token) {
  const extend = new URL(`${base}/access_token`);
  extend.search = new URLSearchParams({ grant_type: 'ig_exchange_token', client_secret: secret, access_token: token });
  const { access_token } = await (await fetch(extend)).json();
  const me = new URL(`${base}/me`);
  me.search = new URLSearchParams({ fields: 'id,user_id,username,name,account_type', access_token });
  const answer = await fetch(me);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

const as = { issuer: base, authorization_endpoint: app.authorizeUrl, token_endpoint: app.tokenUrl };
const insecure = { [oauth.allowInsecureRequests]: true };

async function oauth4webapi() {
  const state = oauth.generateRandomState();
  const verifier = oauth.generateRandomCodeVerifier();
  const url = new URL(app.authorizeUrl);
  url.search = new URLSearchParams({
    client_id: app.clientId,
    redirect_uri: REDIRECT,
    response_type: 'code',
    scope: SCOPE,
    state,
    code_challenge: await oauth.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const me = { client_id: app.clientId };
  const answer = oauth.validateAuthResponse(as, me, new URL(await sandbox.approve(url)), state);
  const response = await oauth.authorizationCodeGrantRequest(
    as, me, oauth.ClientSecretPost(secret), answer, REDIRECT, verifier, insecure,
  );
  // The platform's answer has no token_type, without which the peer refuses it.
  const body = await response.json();
  const whole = Response.json({ token_type: 'bearer', ...body });
  const { access_token } = await oauth.processAuthorizationCodeResponse(as, me, whole);
  return longAndWhose(access_token);
}

const configuration = new oidc.Configuration(as, app.clientId, secret, oidc.ClientSecretPost(secret));
oidc.allowInsecureRequests(configuration);
configuration[oidc.customFetch] = async (url, init) =>
  Response.json({ token_type: 'bearer', ...(await (await fetch(url, init)).json()) });

async function openidClient() {
  const state = oidc.randomState();
  const verifier = oidc.randomPKCECodeVerifier();
  const url = oidc.buildAuthorizationUrl(configuration, {
    redirect_uri: REDIRECT,
    scope: SCOPE,
    state,
    code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
    code_challenge_method: 'S256',
  });
  const redirect = new URL(await sandbox.approve(url));
  const checks = { pkceCodeVerifier: verifier, expectedState: state };
  const { access_token } = await oidc.authorizationCodeGrant(configuration, redirect, checks);
  return longAndWhose(access_token);
}

const completes = (one) => async () => {
  const { url, pending } = one.authorize();
  return one.complete(pending, await sandbox.approve(url));
};
const ways = {
  'the approval alone': () => sandbox.approve(client.authorize().url),
  'shutterkey, Client': completes(client),
  'shutterkey, Keeper over a memory store': completes(keeper),
  'shutterkey, Client over the global fetch': completes(withFetch),
  oauth4webapi,
  'openid-client': openidClient,
};

async function rate(work, atOnce) {
  const end = performance.now() + SECONDS * 1000;
  let count = 0;
  const began = performance.now();
  const walk = async () => {
    for (; performance.now() < end; count += 1) await work();
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
  return (count * 1000) / (performance.now() - began);
}

for (const atOnce of [1, 16]) {
  const rates = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (const [name, work] of Object.entries(ways)) rates[name].push(await rate(work, atOnce));
  }
  console.log(`full logins a second, ${atOnce} at once:`);
  const approval = median(rates['the approval alone']);
  const own = (name) => 1 / (1 / median(rates[name]) - 1 / approval);
  for (const [name, all] of Object.entries(rates)) {
    const without = name === 'the approval alone' ? '' : `   [${own(name).toFixed(0)} without the approval]`;
    const spread = `(${Math.min(...all).toFixed(0)} to ${Math.max(...all).toFixed(0)})`;
    console.log(`    ${name.padEnd(42)} ${median(all).toFixed(0).padStart(6)}   ${spread}${without}`);
  }
  const [raw, apart] = [
    median(rates['shutterkey, Client']) / median(rates.oauth4webapi),
    own('shutterkey, Client') / own('oauth4webapi'),
  ];
  console.log(`    Client: ${raw.toFixed(2)} times oauth4webapi's; without the approval ${apart.toFixed(2)} times (bar 3)`);
}
await sandbox.close();
