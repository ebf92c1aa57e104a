/** Full logins at a sandbox: authorize, approval, code exchange, long-lived exchange, identity; by us, and by peers with the same calls. */

import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { Client, Keeper, MemoryStore } from '../lib/index.js';

const REDIRECT = 'https://localhost/';
const SCOPE = 'instagram_business_basic';

export const APPROVAL = 'the approval alone';
export const OURS = 'shutterkey, Client';
export const PEER = 'oauth4webapi';

/** The ways, by name, at an app of this sandbox. */
export function waysAt(sandbox) {
  const app = sandbox.app('instagram', { redirectUri: REDIRECT });
  const client = sandbox.client(app);
  const keeper = new Keeper({ client, store: new MemoryStore() });
  const withFetch = new Client(app.config(), { clock: sandbox.clock, fetch });
  const completes = (one) => async () => {
    const { url, pending } = one.authorize();
    return one.complete(pending, await sandbox.approve(url));
  };
  return {
    [APPROVAL]: () => sandbox.approve(client.authorize().url),
    [OURS]: completes(client),
    'shutterkey, Keeper over a memory store': completes(keeper),
    'shutterkey, Client over the global fetch': completes(withFetch),
    [PEER]: byOauth4webapi(sandbox, app),
    'openid-client': byOpenidClient(sandbox, app),
  };
}

const serverOf = (sandbox, app) => ({
  issuer: `${sandbox.baseUrl}/instagram`,
  authorization_endpoint: app.authorizeUrl,
  token_endpoint: app.tokenUrl,
});

/** The platform's answer with the token_type that peers insist on. */
const standard = async (response) => Response.json({ token_type: 'bearer', ...(await response.json()) });

/** What comes after the exchange, of which peers know nothing. */
async function longAndWhose(base, secret, token) {
  const extend = new URL(`${base}/access_token`);
  extend.search = new URLSearchParams({ grant_type: 'ig_exchange_token', client_secret: secret, access_token: token });
  const { access_token } = await (await fetch(extend)).json();
  const me = new URL(`${base}/me`);
  me.search = new URLSearchParams({ fields: 'id,user_id,username,name,account_type', access_token });
  const answer = await fetch(me);
  if (!answer.ok) throw new Error(`HTTP ${answer.status}`);
  return answer.json();
}

function byOauth4webapi(sandbox, app) {
  const as = serverOf(sandbox, app);
  const secret = app.revealClientSecret();
  const client = { client_id: app.clientId };
  const authentication = oauth.ClientSecretPost(secret);
  const insecure = { [oauth.allowInsecureRequests]: true };
  return async () => {
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
    const answer = oauth.validateAuthResponse(as, client, new URL(await sandbox.approve(url)), state);
    const asked = oauth.authorizationCodeGrantRequest(as, client, authentication, answer, REDIRECT, verifier, insecure);
    const { access_token } = await oauth.processAuthorizationCodeResponse(as, client, await standard(await asked));
    return longAndWhose(as.issuer, secret, access_token);
  };
}

function byOpenidClient(sandbox, app) {
  const as = serverOf(sandbox, app);
  const secret = app.revealClientSecret();
  const configuration = new oidc.Configuration(as, app.clientId, secret, oidc.ClientSecretPost(secret));
  oidc.allowInsecureRequests(configuration);
  configuration[oidc.customFetch] = async (url, init) => standard(await fetch(url, init));
  return async () => {
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
    return longAndWhose(as.issuer, secret, access_token);
  };
}
