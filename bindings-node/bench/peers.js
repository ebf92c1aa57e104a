/** The same things as their peers do them. Each way brings its own measure: who answers a promise is awaited, and nobody else. */

import { randomBytes } from 'node:crypto';
import * as arctic from 'arctic';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';
import { perAwaited, perCall, perFresh } from './lib.js';

const AUTHORIZE = 'https://www.instagram.com/oauth/authorize';
const TOKEN = 'https://api.instagram.com/oauth/access_token';
const as = { issuer: 'https://www.instagram.com', authorization_endpoint: AUTHORIZE, token_endpoint: TOKEN };

/** Authorize URLs with a fresh state, and PKCE where the peer has it. */
export function authorize(clientId, secret, redirectUri, scope) {
  const configuration = new oidc.Configuration(as, clientId, secret);
  const client = new arctic.OAuth2Client(clientId, secret, redirectUri);
  const simple = new AuthorizationCode({
    client: { id: clientId, secret },
    auth: { tokenHost: 'https://api.instagram.com', authorizeHost: 'https://www.instagram.com' },
  });
  const openidClient = async () => {
    const state = oidc.randomState();
    const verifier = oidc.randomPKCECodeVerifier();
    const parameters = {
      redirect_uri: redirectUri,
      scope,
      state,
      code_challenge: await oidc.calculatePKCECodeChallenge(verifier),
      code_challenge_method: 'S256',
    };
    return oidc.buildAuthorizationUrl(configuration, parameters).href;
  };
  const oauth4webapi = async () => {
    const verifier = oauth.generateRandomCodeVerifier();
    const url = new URL(AUTHORIZE);
    url.searchParams.set('client_id', clientId);
    url.searchParams.set('redirect_uri', redirectUri);
    url.searchParams.set('response_type', 'code');
    url.searchParams.set('scope', scope);
    url.searchParams.set('state', oauth.generateRandomState());
    url.searchParams.set('code_challenge', await oauth.calculatePKCECodeChallenge(verifier));
    url.searchParams.set('code_challenge_method', 'S256');
    return url.href;
  };
  const ofArctic = () => {
    const [state, verifier] = [arctic.generateState(), arctic.generateCodeVerifier()];
    return client.createAuthorizationURLWithPKCE(AUTHORIZE, state, arctic.CodeChallengeMethod.S256, verifier, [scope]).href;
  };
  // It makes no state itself either.
  const simpleOauth2 = () =>
    simple.authorizeURL({ redirect_uri: redirectUri, scope, state: randomBytes(32).toString('base64url') });
  return {
    'openid-client': () => perAwaited(openidClient),
    oauth4webapi: () => perAwaited(oauth4webapi),
    arctic: () => perCall(ofArctic),
    'simple-oauth2, which has no PKCE': () => perCall(simpleOauth2),
  };
}

/**
 * Answers checked against a state. It does not compare the address with the registered one; openid-client checks as a part of the exchange
 * alone, arctic and simple-oauth2 leave it to their caller.
 */
export function accept(clientId, state, fresh) {
  const client = { client_id: clientId };
  const oauth4webapi = (url) => oauth.validateAuthResponse(as, client, new URL(url), state);
  return { 'oauth4webapi validateAuthResponse': () => perFresh(oauth4webapi, fresh) };
}

/** A token answer read. It insists on a token type, which Instagram does not send. */
export function parse(clientId, text) {
  const client = { client_id: clientId };
  const standard = text.replace('{', '{"token_type":"bearer",');
  const headers = { 'content-type': 'application/json' };
  const oauth4webapi = () => oauth.processAuthorizationCodeResponse(as, client, new Response(standard, { headers }));
  return { 'oauth4webapi, with a token_type added': () => perAwaited(oauth4webapi) };
}
