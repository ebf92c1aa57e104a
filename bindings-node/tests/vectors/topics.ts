/** What runs the cases of a topic: given a world and the case's input, it answers what the case came to. */

import * as shutterkey from 'shutterkey';
import * as protocol from 'shutterkey/protocol';
import { resolveProfile } from 'shutterkey/testing';
import { data, exactly, text, type Json, type Members } from './files.js';
import { scenarios } from './scenarios.js';
import * as show from './show.js';
import { web } from './web.js';
import { at, definition, response, type World } from './world.js';

export type Run = (world: World, input: Members) => Json | Promise<Json>;

export const topics: Readonly<Record<string, Run>> = {
  scenarios,
  web,

  authorize(world, input) {
    const { url, pending } = world.begin(input);
    return { url, pending: show.pending(pending) };
  },

  config(world, input) {
    const { client, distinct, profile } = exactly(input, 'client', 'distinct', 'profile');
    if (distinct !== undefined) {
      shutterkey.checkDistinctRedirects((distinct as string[]).map((name) => world.client(name)));
      return true;
    }
    if (profile === undefined) return show.config(world.buildClient(world.named('clients', client)));
    const given = exactly(profile as Members, 'file', 'user_file', 'environment', 'trust_endpoints');
    const resolved = resolveProfile({
      profileFile: given['file'] as string | undefined,
      userFile: given['user_file'] as string | undefined,
      environment: given['environment'] as Record<string, string> | undefined,
      trustEndpoints: given['trust_endpoints'] as boolean | undefined,
    });
    world.print(resolved);
    return show.config(resolved);
  },

  scopes(world, input) {
    const { client, ...members } = exactly(input, 'client', 'scopes', 'allow_unknown_scopes');
    return [...world.buildClient({ ...world.named('clients', client), ...members }).scopes];
  },

  'return-to'(_, input) {
    shutterkey.checkReturnTo(text(exactly(input, 'path')['path']));
    return true;
  },

  redirect(world, input) {
    const { login, url, query, now, session } = exactly(input, 'login', 'url', 'query', 'now', 'session');
    const [pending, moment] = begun(world, login, now);
    const options = { now: moment, session: session as string | undefined };
    const grant = url === undefined ? pending.acceptQuery(text(query), options) : pending.accept(text(url), options);
    world.print(grant);
    return show.grant(grant);
  },

  handover(world, input) {
    const { start, redirect, now } = exactly(input, 'start', 'redirect', 'now');
    const begun = protocol.HandoverStart.parse(text(start));
    world.print(begun);
    const { url, redirectUri, expiresAt } = begun;
    if (redirect === undefined) return { url, redirect_uri: redirectUri, expires_at: show.seconds(expiresAt)! };
    // What is kept while the browser is open is as good as what came.
    const handed = protocol.HandoverStart.parse(begun.toJson()).answer(text(redirect), { now: at(now) });
    world.print(handed);
    return JSON.parse(handed.toJson()) as Json;
  },

  pasted(world, input) {
    const { login, pasted, now } = exactly(input, 'login', 'pasted', 'now');
    const [pending, moment] = begun(world, login, now);
    const grant = pending.acceptPasted(text(pasted), { now: moment });
    world.print(grant);
    return show.grant(grant);
  },

  seal(world, input) {
    const { seal, open } = exactly(input, 'seal', 'open') as Record<string, Members>;
    const bound = exactly(open!, 'keys', 'provider', 'sealed', 'session');
    let sealed = bound['sealed'] === undefined ? '' : text(bound['sealed']);
    if (seal) {
      const { login, keys, session } = exactly(seal, 'login', 'keys', 'session');
      sealed = world.login(login).seal(ring(world, keys), { session: session as string | undefined });
    }
    const pending = shutterkey.PendingAuthorization.open(sealed, ring(world, bound['keys']), {
      provider: bound['provider'] as string,
      session: bound['session'] as string | undefined,
    });
    world.print(pending);
    return show.pending(pending);
  },

  jar(world, input) {
    const { keys, secure, requests, cookie } = exactly(input, 'keys', 'secure', 'requests', 'cookie');
    let sent = cookie === undefined ? undefined : text(cookie);
    let shown: Members = {};
    for (const request of requests as Members[]) {
      const times = (request['times'] ?? 1) as number;
      shown = {};
      for (let turn = 0; turn < times; turn += 1) {
        const served = { ...request, keys: request['keys'] ?? keys! };
        sent = serve(world, served, sent, secure as boolean, times > 1 ? turn : undefined, shown);
      }
    }
    return shown;
  },

  'token-answer'(world, input) {
    const { call, client, token, now, response: answered, expected_user_id: expected } = exactly(
      input,
      ...['call', 'client', 'token', 'now', 'response', 'expected_user_id'],
    );
    const config = world.client(client);
    const [answer, moment] = [response(answered), at(now)];
    if (call === 'exchange') {
      const read = protocol.parseExchangeResponse(config.provider, config.scopes, answer, { now: moment });
      world.print(read);
      const shown = { token: show.token(read.token) };
      return read.userId === undefined ? shown : { ...shown, user_id: read.userId };
    }
    const old = world.token(token);
    const renewed =
      call === 'extend'
        ? protocol.parseExtendResponse(config.provider, old, answer, { now: moment })
        : protocol.parseRefreshResponse(config.provider, old, answer, {
            now: moment,
            expected: expected as string | undefined,
          });
    world.print(renewed);
    return { token: show.token(renewed) };
  },

  'identify-answer'(world, input) {
    const { client, now, response: answered } = exactly(input, 'client', 'now', 'response');
    const { provider } = world.client(client);
    const account = protocol.parseIdentifyResponse(provider, response(answered), { now: at(now) });
    world.print(account);
    return show.account(account);
  },

  async 'error-answer'(_, input) {
    const { now, response: answered } = exactly(input, 'now', 'response');
    const meaning = await shutterkey.classify(response(answered), { now: at(now) });
    if (meaning) throw meaning;
    return null;
  },

  metadata(world, input) {
    const { call, issuer, response: answered } = exactly(input, 'call', 'issuer', 'response');
    if (call === 'urls') return [...protocol.metadataUrls(issuer as string)];
    const provider = protocol.parseMetadata(issuer as string, response(answered));
    world.print(provider);
    return show.provider(provider);
  },

  request(world, input) {
    const { call, client, code, login, token, inspector, after, permission } = exactly(
      input,
      ...['call', 'client', 'code', 'login', 'token', 'inspector', 'after', 'permission'],
    );
    const config = world.client(client);
    const build = {
      exchange: () => {
        const verifier = login === undefined ? undefined : world.login(login).revealVerifier();
        return protocol.buildExchangeRequest(config, text(code), verifier);
      },
      extend: () => protocol.buildExtendRequest(config, world.token(token)),
      refresh: () => protocol.buildRefreshRequest(config, world.token(token)),
      identify: () => protocol.buildIdentifyRequest(config, world.token(token)),
      revoke: () => protocol.buildRevokeRequest(config, world.token(token)),
      inspect_token: () => {
        const by = inspector === undefined ? undefined : world.token(inspector);
        return protocol.buildInspectRequest(config, world.token(token), { inspector: by });
      },
      app_token: () => protocol.buildAppTokenRequest(config),
      accounts: () => {
        const from = { after: after === undefined ? undefined : text(after) };
        return protocol.buildAccountsRequest(config, world.token(token), from);
      },
      permissions: () => protocol.buildPermissionsRequest(config, world.token(token)),
      revoke_permission: () => protocol.buildRevokePermissionRequest(config, world.token(token), text(permission)),
    }[call as 'exchange'];
    const request = build();
    world.print(request);
    return show.request(request);
  },

  'token-life'(world, input) {
    const { token, now } = exactly(input, 'token', 'now');
    const made = world.buildToken(world.named('tokens', token));
    world.print(made);
    return show.life(made, at(now));
  },

  'signed-request'(world, input) {
    const { signed_request: signed, app_secrets: secrets, now } = exactly(
      input,
      ...['signed_request', 'app_secrets', 'now'],
    );
    const verified = shutterkey.verifySignedRequest(text(signed), secrets as string[], { now: at(now) });
    world.print(verified);
    return { user_id: verified.userId, issued_at: show.seconds(verified.issuedAt)! };
  },

  webhook(_, input) {
    if (input['call'] === 'challenge') {
      const { query, verify_token: verifyToken } = exactly(input, 'call', 'query', 'verify_token');
      return shutterkey.webhookChallenge(text(query), verifyToken as string);
    }
    const { body, signature, app_secrets: secrets } = exactly(input, 'call', 'body', 'signature', 'app_secrets');
    shutterkey.verifyWebhook(data(body), signature as string | undefined, secrets as string[]);
    return true;
  },

  proof(_, input) {
    if (input['call'] === 'appsecret_proof') {
      const given = exactly(input, 'call', 'app_secret', 'access_token');
      return shutterkey.appsecretProof(given['app_secret'] as string, given['access_token'] as string);
    }
    const given = exactly(input, 'call', 'client_secret', 'endpoint', 'parameters');
    const parameters = given['parameters'] as [string, string][];
    return shutterkey.legacySignature(given['client_secret'] as string, given['endpoint'] as string, parameters);
  },
};

function begun(
  world: World,
  login: Json | undefined,
  now: Json | undefined,
): [shutterkey.PendingAuthorization, number] {
  const spec = world.named('logins', login);
  return [definition(() => world.begin(spec).pending), at(now ?? spec['now'])];
}

function ring(world: World, keys: Json | undefined): shutterkey.SealKeys {
  const read = shutterkey.SealKeys.parse(keys as string);
  world.print(read);
  return read;
}

/** Serves a request of a browser: opens the jar, does what is asked, and sends the jar back. Answers the browser's cookies. */
function serve(
  world: World,
  request: Members,
  cookie: string | undefined,
  secure: boolean,
  turn: number | undefined,
  shown: Members,
): string {
  const { now, keys, begin, callback, complete } = exactly(
    request,
    ...['now', 'keys', 'begin', 'times', 'callback', 'complete'],
  );
  const jar = new shutterkey.PendingJar(cookie, ring(world, keys), { now: at(now), secure });
  if (begin !== undefined) {
    const login = { ...world.named('logins', begin) };
    if (turn !== undefined) {
      login['entropy'] = turn.toString(16).padStart(2, '0') + (login['entropy'] as string).slice(2);
    }
    jar.add(world.begin(login).pending);
  }
  if (callback !== undefined) shown['found'] = jar.find(text(callback)).handle;
  if (complete !== undefined) jar.remove(world.login(complete));
  world.print(jar);
  const sent = jar.toSetCookie(at(now));
  const [pair, ...attributes] = sent.split('; ') as [string, ...string[]];
  const [name, sealed] = pair.split('=', 2) as [string, string];
  shown['logins'] = jar.size;
  shown['set_cookie'] = { name, empty: sealed === '', attributes, under_4096_bytes: sent.length < 4096 };
  // Another cookie beside ours, as a browser sends them.
  return `theme=dark; ${pair}`;
}
