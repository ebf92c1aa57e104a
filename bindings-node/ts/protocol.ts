/**
 * Requests and the reading of their answers, in pairs, for callers with an HTTP client and a mind of their own.
 *
 * @packageDocumentation
 */

import type { InspectOptions } from 'node:util';
import { accountOf, exchangedOf, type Account, type TokenAnswer, type Unbranded, type UserId } from './account.js';
import { plainAnswer, wholeOf, type ApiAnswer } from './answer.js';
import type { TokenInspector } from './client.js';
import { names, nativeConfig, type ClientConfig } from './config.js';
import { check, unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { inspectionOf, type Permissions, type TokenInspection } from './inspection.js';
import { pagesOf, type PagesAnswer } from './instagram.js';
import { native, type Native } from './native.js';
import { makeProvider, nativeProvider, type Provider, type StandardProvider } from './provider.js';
import { secondsOrNow, type Moment } from './time.js';
import { makeToken, wireOf, type Token } from './token.js';

export type { ListedPage, PagesAnswer } from './instagram.js';
export { Handover, HandoverStart, type TakenOver } from './handover.js';

/** When an answer came; by default now, on the machine's clock. */
export interface At {
  /** The moment. */
  readonly now?: Moment | undefined;
}

/**
 * A request to be sent by a driver. It may hold a code, a token or the app secret: its printed form has method, host and path alone.
 *
 * Whoever sends it: https only (a loopback address excepted), redirects not followed, no cookies, within `deadline`, at most
 * `bodyCap` bytes read, and tried once unless it is `replaySafe`.
 */
export class HttpRequest {
  /** `GET`, `POST` or `DELETE`. */
  readonly method: string;
  /** Whether it may be sent again when no answer came. A code exchange never is. */
  readonly replaySafe: boolean;
  /** How many seconds it may take, from connecting to the last byte. */
  readonly deadline: number;
  /** How many bytes of the answer's body may be read. */
  readonly bodyCap: number;
  readonly #parts: Native.RequestParts;

  /** @internal */
  constructor(parts: Native.RequestParts) {
    this.method = parts.method;
    this.replaySafe = parts.replaySafe;
    this.deadline = parts.deadline;
    this.bodyCap = parts.bodyCap;
    this.#parts = parts;
  }

  /** The whole address. It may hold a token or the app secret. */
  get url(): string {
    return this.#parts.url;
  }

  /** Header names, in lower case, and values, as `fetch` takes them. A value may hold the client's credentials. */
  get headers(): [string, string][] {
    return this.#parts.headers.map(([name, value]) => [name, value]);
  }

  /** The body, form-encoded. It may hold a code or the app secret. */
  get body(): string | undefined {
    return this.#parts.body ?? undefined;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { method, replaySafe } = this;
    return shown('HttpRequest', { method, url: this.url.split('?', 1)[0], replaySafe }, depth, options, inspect);
  }
}

/** Reads a `Response` to its end, for the functions here. */
export async function readResponse(response: Response): Promise<ApiAnswer> {
  return wholeOf(response);
}

/** The exchange of a code. It may be sent once. `verifier` is `PendingAuthorization.revealVerifier()`. */
export function buildExchangeRequest(config: ClientConfig, code: string, verifier?: string): HttpRequest {
  return new HttpRequest(unwrap(native.buildExchangeRequest(nativeConfig(config), code, verifier)));
}

/** The exchange of a short-lived token for a long-lived one. */
export function buildExtendRequest(config: ClientConfig, token: Token): HttpRequest {
  return aboutToken('extend', config, token);
}

/** The refresh of a token. */
export function buildRefreshRequest(config: ClientConfig, token: Token): HttpRequest {
  return aboutToken('refresh', config, token);
}

/** The question whose token it is. */
export function buildIdentifyRequest(config: ClientConfig, token: Token): HttpRequest {
  return aboutToken('identify', config, token);
}

/** The end of a token at the provider. */
export function buildRevokeRequest(config: ClientConfig, token: Token): HttpRequest {
  return aboutToken('revoke', config, token);
}

/** What a token is, and which app it was made for (Meta's `debug_token`). The app asks, or the `inspector` where one is given. */
export function buildInspectRequest(
  config: ClientConfig,
  token: Token,
  { inspector }: TokenInspector = {},
): HttpRequest {
  const by = inspector && wireOf(inspector);
  return new HttpRequest(unwrap(native.buildInspectRequest(nativeConfig(config), wireOf(token), by)));
}

/** The app's own token, for the client's credentials (RFC 6749 4.4). */
export function buildAppTokenRequest(config: ClientConfig): HttpRequest {
  return new HttpRequest(unwrap(native.buildAppTokenRequest(nativeConfig(config))));
}

/** The person's Facebook Pages, each with its token and the Instagram account that is linked to it; from the cursor `after` on. */
export function buildAccountsRequest(
  config: ClientConfig,
  token: Token,
  { after }: { readonly after?: string | undefined } = {},
): HttpRequest {
  return new HttpRequest(unwrap(native.buildAccountsRequest(nativeConfig(config), wireOf(token), after)));
}

/** What was granted, declined, and what has expired. */
export function buildPermissionsRequest(config: ClientConfig, token: Token): HttpRequest {
  return aboutToken('permissions', config, token);
}

/** Takes one permission back. Its answer is read by `parseRevokeResponse()`. */
export function buildRevokePermissionRequest(config: ClientConfig, token: Token, permission: string): HttpRequest {
  const built = native.buildRevokePermissionRequest(nativeConfig(config), wireOf(token), permission);
  return new HttpRequest(unwrap(built));
}

/**
 * Reads the answer to a code exchange. `asked` are the scopes of the login: what was granted where RFC 6749 5.1 lets the answer be
 * silent.
 *
 * @throws {@link ShutterkeyError} the provider's refusal
 */
export function parseExchangeResponse(
  provider: Provider,
  asked: Iterable<string>,
  answer: ApiAnswer,
  { now }: At = {},
): TokenAnswer {
  const held = nativeProvider(provider);
  const parsed = native.parseExchangeResponse(held, names(asked), plainAnswer(answer), secondsOrNow(now));
  return exchangedOf(unwrap(parsed), held);
}

/** Reads the answer to the exchange for a long-lived token. @throws {@link ShutterkeyError} the provider's refusal */
export function parseExtendResponse(provider: Provider, token: Token, answer: ApiAnswer, { now }: At = {}): Token {
  const held = nativeProvider(provider);
  const parsed = native.parseExtendResponse(held, wireOf(token), plainAnswer(answer), secondsOrNow(now));
  return makeToken(unwrap(parsed), held);
}

/**
 * Reads the answer to a refresh: what it does not say stays as it was. `expected` is the account's user id; an answer that names
 * another one throws `account.mismatch`.
 */
export function parseRefreshResponse(
  provider: Provider,
  token: Token,
  answer: ApiAnswer,
  { expected, now }: At & { readonly expected?: Unbranded<UserId> | undefined } = {},
): Token {
  const held = nativeProvider(provider);
  const given = plainAnswer(answer);
  const parsed = native.parseRefreshResponse(held, wireOf(token), expected, given, secondsOrNow(now));
  return makeToken(unwrap(parsed), held);
}

/** Reads whose token it is. @throws {@link ShutterkeyError} the provider's refusal */
export function parseIdentifyResponse(provider: Provider, answer: ApiAnswer, { now }: At = {}): Account {
  const held = nativeProvider(provider);
  return accountOf(unwrap(native.parseIdentifyResponse(held, plainAnswer(answer), secondsOrNow(now))));
}

/** Reads the answer to a revocation. @throws {@link ShutterkeyError} the provider's refusal */
export function parseRevokeResponse(answer: ApiAnswer, { now }: At = {}): void {
  check(native.parseRevokeResponse(plainAnswer(answer), secondsOrNow(now)));
}

/**
 * Reads what a token is. One that is not valid is no error here: see `TokenInspection.error`.
 *
 * @throws {@link ShutterkeyError} the provider's refusal to say
 */
export function parseInspectResponse(answer: ApiAnswer, { now }: At = {}): TokenInspection {
  return inspectionOf(unwrap(native.parseInspectResponse(plainAnswer(answer), secondsOrNow(now))));
}

/** Reads the app's own token. @throws {@link ShutterkeyError} the provider's refusal */
export function parseAppTokenResponse(provider: Provider, answer: ApiAnswer, { now }: At = {}): Token {
  const held = nativeProvider(provider);
  return makeToken(unwrap(native.parseAppTokenResponse(held, plainAnswer(answer), secondsOrNow(now))), held);
}

/** Reads a part of the list of Pages; `token` is the one that it was asked with. @throws {@link ShutterkeyError} the refusal */
export function parseAccountsResponse(
  provider: Provider,
  token: Token,
  answer: ApiAnswer,
  { now }: At = {},
): PagesAnswer {
  const held = nativeProvider(provider);
  const parsed = native.parseAccountsResponse(held, wireOf(token), plainAnswer(answer), secondsOrNow(now));
  return pagesOf(unwrap(parsed), held);
}

/** Reads the list of permissions. @throws {@link ShutterkeyError} the provider's refusal */
export function parsePermissionsResponse(answer: ApiAnswer, { now }: At = {}): Permissions {
  return unwrap(native.parsePermissionsResponse(plainAnswer(answer), secondsOrNow(now)));
}

/** Where a server's metadata may be (RFC 8414 3.1, OpenID Connect Discovery 4): ask in this order. */
export function metadataUrls(issuer: string): readonly string[] {
  return unwrap(native.metadataUrls(issuer));
}

/** The request for the metadata at one of `metadataUrls()`. */
export function buildMetadataRequest(url: string): HttpRequest {
  return new HttpRequest(native.buildMetadataRequest(url));
}

/** Reads a server's metadata into a provider; the settings stand over it. @throws {@link ShutterkeyError} */
export function parseMetadata(issuer: string, answer: ApiAnswer, settings: Partial<StandardProvider> = {}): Provider {
  return makeProvider(unwrap(native.parseMetadata(issuer, plainAnswer(answer), settings)));
}

function aboutToken(what: string, config: ClientConfig, token: Token): HttpRequest {
  return new HttpRequest(unwrap(native.buildTokenRequest(what, nativeConfig(config), wireOf(token))));
}
