/** The routes of a web site, request by request. */

import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { Client, ManualClock, PendingJar, SealKeys } from 'shutterkey';
import { HandoverStart } from 'shutterkey/protocol';
import { SiteRoutes, type Route, type SiteAnswer, type SiteRequest } from 'shutterkey/web';
import { data, exactly, text, type Json, type Members } from './files.js';
import * as show from './show.js';
import { at, type World } from './world.js';

const SAID_BY_ALL = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-content-type-options': 'nosniff' };

export function web(world: World, input: Members): Json {
  const { client, keys, now, requests, settings } = exactly(input, 'client', 'keys', 'now', 'requests', 'settings');
  const site = new Site(world, { client: client!, keys: keys!, now: now! }, (settings ?? {}) as Members);
  let shown: Members = {};
  const turns = requests as Members[];
  turns.forEach((turn, number) => {
    const { times = 1, answers, ...request } = turn;
    for (let time = 0; time < (times as number); time += 1) shown = site.serve(request);
    if (number + 1 < turns.length) assert.equal(shown['error'], answers, JSON.stringify(turn));
  });
  return shown;
}

/** What is carried from one request to the next: each browser's cookies, and the states of logins by name. */
class Site {
  readonly #world: World;
  readonly #by: { client: Json; keys: Json; now: Json };
  readonly #settings: Members;
  readonly #cookies = new Map<string, string>();
  readonly #states = new Map<string, string>();

  constructor(world: World, by: { client: Json; keys: Json; now: Json }, settings: Members) {
    this.#world = world;
    this.#by = by;
    this.#settings = exactly(
      settings,
      ...['origin', 'trusted_origins', 'prefix', 'home', 'app_redirect_uri', 'app_secrets', 'verify_token'],
    );
  }

  serve(turn: Members): Members {
    const { route, method, query, headers, body, browser = 'first', session, context, as: name = 'state', ...by } = exactly(
      turn,
      ...['route', 'method', 'query', 'headers', 'body', 'browser', 'client', 'keys', 'now', 'session', 'context', 'as'],
    );
    const { client, keys, now } = { ...this.#by, ...by };
    const sent = ((headers ?? []) as [string, Json][]).map(([header, value]) => [header, text(value)] as const);
    const cookie = this.#cookies.get(browser as string);
    if (cookie !== undefined) sent.push(['Cookie', cookie]);
    const filled = this.#filled(text(query ?? ''));
    const request = { method: method as string, query: filled, headers: sent, body: this.#filledBytes(data(body ?? '')) };
    const routes = this.#routes(client, keys, at(now));
    const answer = served(routes, route as Route, request, session as string | undefined, context);
    // What a case forbids is markup in a page, and errors are plain text: answers with one are not printed.
    for (const value of [routes, answer.found.error ? undefined : answer, answer.body]) this.#world.print(value);
    const said = Object.fromEntries(answer.headers);
    if (route === 'start' && answer.status === 303) {
      this.#states.set(name as string, new URL(said['location']!).searchParams.get('state')!);
    }
    const shown = showAnswer(route as Route, answer, said);
    if (route === 'handover-start' && answer.status === 200) Object.assign(shown, this.#begun(name as string, answer.body));
    const set = said['set-cookie'];
    return set === undefined ? shown : { ...shown, cookie: this.#keep(browser as string, set, keys, at(now)) };
  }

  /** Puts states and handles where a text names them. */
  #filled(text: string): string {
    return text.replaceAll(/\{([\w-]+)\}/g, (found, state: string) => this.#states.get(state) ?? found);
  }

  #filledBytes(body: Uint8Array): Uint8Array {
    return isUtf8(body) ? Buffer.from(this.#filled(Buffer.from(body).toString())) : body;
  }

  /** The start of a hand-over, as an app reads it. */
  #begun(name: string, body: string): Members {
    const begun = HandoverStart.parse(body);
    const { origin, pathname, searchParams } = new URL(begun.url);
    this.#states.set(name, searchParams.get('state')!);
    this.#states.set(`${name}-handle`, (JSON.parse(body) as { handle: string }).handle);
    return {
      url: origin + pathname,
      parameters: [...searchParams.keys()],
      redirect_uri: begun.redirectUri,
      expires_at: show.seconds(begun.expiresAt)!,
    };
  }

  #routes(client: Json, keys: Json, now: number): SiteRoutes {
    const made = new Client(this.#world.client(client), { clock: new ManualClock(now) });
    const { origin, trusted_origins, prefix, home, app_redirect_uri, app_secrets, verify_token } = this.#settings;
    return new SiteRoutes(made, {
      sealKeys: keys as string,
      origin: origin as string | undefined,
      trustedOrigins: (trusted_origins ?? []) as string[],
      prefix: prefix as string | undefined,
      home: home as string | undefined,
      appRedirectUri: app_redirect_uri as string | undefined,
      appSecrets: (app_secrets ?? []) as string[],
      verifyToken: verify_token as string | undefined,
    });
  }

  #keep(browser: string, set: string, keys: Json, now: number): Members {
    const [pair, ...attributes] = set.split('; ') as [string, ...string[]];
    // Another cookie beside ours, as a browser sends them.
    const cookie = `theme=dark; ${pair}`;
    this.#cookies.set(browser, cookie);
    const ring = SealKeys.parse(keys as string);
    const secure = pair.startsWith('__Host-');
    return {
      name: pair.slice(0, pair.indexOf('=')),
      attributes: attributes.filter((attribute) => !attribute.startsWith('Max-Age')),
      logins: new PendingJar(cookie, ring, { now, secure }).size,
      under_4096_bytes: set.length < 4096,
    };
  }
}

function served(
  routes: SiteRoutes,
  route: Route,
  request: SiteRequest,
  session: string | undefined,
  context: Json | undefined,
): SiteAnswer {
  const bound = context === undefined ? undefined : Buffer.from(context as string);
  switch (route) {
    case 'start':
      return routes.start(request, { session, context: bound });
    case 'handover-start':
      return routes.handoverStart(request, { session, context: bound });
    case 'handover-finish':
      return routes.acceptHandover(request, session);
    case 'callback':
      return routes.accept(request, session);
    case 'webhook':
      return routes.webhook(request);
    case 'data-deletion':
      if (request.method !== 'POST') return routes.deletionStatus(request);
  }
  return routes.verify(route, request);
}

/** The answer, without what no two have in common; that it says what all have to say is checked here. */
function showAnswer(route: Route, answer: SiteAnswer, said: Record<string, string>): Members {
  for (const [name, value] of Object.entries(SAID_BY_ALL)) assert.equal(said[name], value);
  const { status, body, found } = answer;
  const { error, grant, pending, userId, issuedAt, requestedAt, isDelivery } = found;
  const shown: Members = { status };
  if (error) shown['error'] = error.code;
  const code = grant?.revealCode();
  if (code !== undefined) shown['code'] = code;
  if (pending?.context) shown['context'] = Buffer.from(pending.context).toString();
  if (userId !== undefined) shown['user_id'] = userId;
  if (issuedAt) shown['issued_at'] = show.seconds(issuedAt)!;
  if (requestedAt) shown['requested_at'] = show.seconds(requestedAt)!;
  if (isDelivery) shown['delivery'] = true;
  switch (said['content-type']?.split(';', 1)[0]) {
    case 'text/html':
      assert.match(said['content-security-policy']!, /^default-src 'none'.*frame-ancestors 'none'/);
      shown['page'] = true;
      break;
    case 'application/json': {
      // Of an error, the code is shown already; its words are not fixed. Of a start, what is in it is shown.
      const json = JSON.parse(body) as Members;
      if (!('error' in json) && route !== 'handover-start') shown['json'] = json;
      break;
    }
    default:
      shown['text'] = body;
  }
  // The authorize URL has a random state in its query.
  const { location } = said;
  if (location !== undefined) shown['location'] = route === 'start' ? location.split('?', 1)[0]! : location;
  return shown;
}
