/** The same things as their peers do them. */

import * as arctic from 'arctic';
import * as oauth from 'oauth4webapi';
import * as oidc from 'openid-client';
import { AuthorizationCode } from 'simple-oauth2';

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
  return {
    'openid-client': async () => {
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
    },
    oauth4webapi: async () => {
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
    },
    arctic: () => {
      const [state, verifier] = [arctic.generateState(), arctic.generateCodeVerifier()];
      return client.createAuthorizationURLWithPKCE(AUTHORIZE, state, arctic.CodeChallengeMethod.S256, verifier, [scope]).href;
    },
    'simple-oauth2, which has no PKCE': () =>
      simple.authorizeURL({ redirect_uri: redirectUri, scope, state: arctic.generateState() }),
  };
}

/** Answers checked against a state. None of these compares the address with the registered one. */
export function accept(clientId, state, following) {
  return {
    'oauth4webapi validateAuthResponse': () => oauth.validateAuthResponse(as, { client_id: clientId }, new URL(following()), state),
  };
}

/** A token answer read. */
export function parse(clientId, body) {
  const client = { client_id: clientId };
  return {
    'oauth4webapi': () => {
      const response = new Response(body, { headers: { 'content-type': 'application/json' } });
      return oauth.processAuthorizationCodeResponse(as, client, response);
    },
  };
}
