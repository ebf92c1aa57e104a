/** The client. */

import type { InspectOptions } from 'node:util';
import { wait, type Waiting } from './abort.js';
import {
  accountOf,
  connectionOf,
  exchangedOf,
  type Account,
  type Connection,
  type TokenAnswer,
  type Unbranded,
  type UserId,
} from './account.js';
import { pairs } from './answer.js';
import { clockOf, type ClockLike, type Ticking } from './clock.js';
import { ClientConfig, names, nativeConfig, type Settings } from './config.js';
import { check, nativeResumable, unwrap, type Resumable } from './errors.js';
import { hostOfFetch, type Fetch } from './fetch.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { inspectionOf, type Permissions, type TokenInspection } from './inspection.js';
import { accountsOf, type InstagramAccounts } from './instagram.js';
import { native, type Native } from './native.js';
import { makeRequest, takeGrant, type AuthorizationRequest, type Grant, type PendingAuthorization } from './pending.js';
import { toDate } from './time.js';
import { makeToken, wireOf, type Token } from './token.js';

/** What a login means to its caller. Everything is optional. */
export interface AuthorizeOptions {
  /** Without which the login is of no use: if one is not granted, completing throws `denied.scope`. */
  readonly requiredScopes?: Iterable<string> | undefined;
  /** Which may be refused: see `Connection.missingScopes`. */
  readonly optionalScopes?: Iterable<string> | undefined;
  /** The account that has to log in; another one throws `account.mismatch`. */
  readonly expectAccount?: Unbranded<UserId> | undefined;
  /** At most 256 bytes of the caller's own, bound to the login and given back by `Connection.context`. */
  readonly context?: Uint8Array | undefined;
  /** A path of the caller's own site, checked now and given back by `Connection.returnTo`. */
  readonly returnTo?: string | undefined;
  /** The browser session that the login is bound to; accepting it then needs the same. */
  readonly session?: string | undefined;
  /** How many seconds the answer is waited for; 600. */
  readonly ttl?: number | undefined;
  /** Asks the provider to let the person log in anew. */
  readonly forceReauth?: boolean | undefined;
  /** Further parameters of the authorize URL. None that shutterkey sets itself. */
  readonly extra?: Readonly<Record<string, string>> | Iterable<readonly [string, string]> | undefined;
}

/** What a client works with. */
export interface ClientOptions {
  /** Where the present comes from; by default the machine's clock. */
  readonly clock?: ClockLike | undefined;
  /** What sends the requests; by default the built-in HTTP. */
  readonly fetch?: Fetch | undefined;
}

/** Who asks what a token is. */
export interface TokenInspector {
  /** A token of one of the app's developers, or for Threads of one of its testers; by default the app asks itself. */
  readonly inspector?: Token | undefined;
}

/** @internal What a keeper needs of its client. */
export interface ClientParts {
  readonly held: Native.Client;
  readonly provider: Native.Provider;
  readonly clock: Ticking;
}

/** @internal */
export let partsOf: (client: Client) => ClientParts;

/** A client of one provider, for callers who keep tokens themselves. Most people want a `Keeper`. */
export class Client {
  /** The configuration. */
  readonly config: ClientConfig;
  readonly #held: Native.Client;
  readonly #begin: (options: Native.LoginOptions | undefined) => string | Native.Failure;
  readonly #provider: Native.Provider;
  readonly #clock: Ticking;

  /** A client of this configuration. Making one sends nothing. @throws {@link ShutterkeyError} of family `config` */
  constructor(config: ClientConfig | Settings, options: ClientOptions = {}) {
    this.config = config instanceof ClientConfig ? config : new ClientConfig(config);
    this.#clock = clockOf(options.clock);
    const host = options.fetch && hostOfFetch(options.fetch);
    this.#held = new native.Client(nativeConfig(this.config), this.#clock.held, host);
    this.#begin = this.#held.authorizer();
    this.#provider = nativeConfig(this.config).provider;
  }

  static {
    partsOf = (client) => ({ held: client.#held, provider: client.#provider, clock: client.#clock });
  }

  /**
   * A client of the shared profile: environment, `shutterkey.toml`, the user's own file. Settings that are given stand over it.
   *
   * @throws {@link ShutterkeyError} of family `config`
   */
  static fromEnv({ clock, fetch, ...settings }: ClientOptions & Settings = {}): Client {
    return new Client(ClientConfig.fromEnv(settings), { clock, fetch });
  }

  /** The present, on this client's clock. */
  now(): Date {
    this.#clock.tick();
    return toDate(this.#clock.held.now());
  }

  /** Begins a login: the URL to open in the person's browser, and what to keep until the answer comes. */
  authorize(options?: AuthorizeOptions): AuthorizationRequest {
    this.#clock.tick();
    return makeRequest(unwrap(this.#begin(options && loginOptions(options))));
  }

  /**
   * Completes a login from its redirect URL: exchange, long-lived exchange where there is one, and whose token it is. Nothing
   * is stored. A login is completed once.
   *
   * @throws {@link ShutterkeyError} whose `resumable` finishes the login, where its code is spent
   */
  async complete(pending: PendingAuthorization, redirectUrl: string | URL, options: Waiting = {}): Promise<Connection> {
    return this.completeGrant(pending, pending.accept(redirectUrl, { now: this.now() }), options);
  }

  /** The same for a grant that was accepted before: with a session, from a query, or pasted. */
  async completeGrant(pending: PendingAuthorization, grant: Grant, { signal }: Waiting = {}): Promise<Connection> {
    const parts = await this.#wait(signal, () => this.#held.complete(takeGrant(grant, pending)));
    return connectionOf(unwrap(parts, this.#provider), this.#provider);
  }

  /** Finishes a login whose code is spent and whose later step failed. */
  async resume(resumable: Resumable, { signal }: Waiting = {}): Promise<Connection> {
    const parts = await this.#wait(signal, () => this.#held.resume(nativeResumable(resumable)));
    return connectionOf(unwrap(parts, this.#provider), this.#provider);
  }

  /** The exchange alone. */
  async exchange(pending: PendingAuthorization, grant: Grant, { signal }: Waiting = {}): Promise<TokenAnswer> {
    const parts = await this.#wait(signal, () => this.#held.exchange(takeGrant(grant, pending)));
    return exchangedOf(unwrap(parts, this.#provider), this.#provider);
  }

  /** Makes a short-lived token long-lived. */
  async extend(token: Token, { signal }: Waiting = {}): Promise<Token> {
    const wire = await this.#wait(signal, () => this.#held.extend(wireOf(token)));
    return makeToken(unwrap(wire, this.#provider), this.#provider);
  }

  /** Refreshes a token. */
  async refresh(token: Token, { signal }: Waiting = {}): Promise<Token> {
    const wire = await this.#wait(signal, () => this.#held.refresh(wireOf(token)));
    return makeToken(unwrap(wire, this.#provider), this.#provider);
  }

  /** Asks whose token it is. */
  async identify(token: Token, { signal }: Waiting = {}): Promise<Account> {
    return accountOf(unwrap(await this.#wait(signal, () => this.#held.identify(wireOf(token)))));
  }

  /** Ends a token at the provider. */
  async revoke(token: Token, { signal }: Waiting = {}): Promise<void> {
    check(await this.#wait(signal, () => this.#held.revoke(wireOf(token))));
  }

  /**
   * Asks the platform what a token is: whether it lives, whose it is, and which app it was made for (Meta's `debug_token`).
   * `inspector` asks instead of the app itself: a token of one of its developers, or for Threads of one of its testers.
   */
  async inspectToken(token: Token, { inspector, signal }: TokenInspector & Waiting = {}): Promise<TokenInspection> {
    const by = inspector && wireOf(inspector);
    return inspectionOf(unwrap(await this.#wait(signal, () => this.#held.inspectToken(wireOf(token), by))));
  }

  /** Asks for the app's own token (RFC 6749 4.4). */
  async appToken({ signal }: Waiting = {}): Promise<Token> {
    return makeToken(unwrap(await this.#wait(signal, () => this.#held.appToken())), this.#provider);
  }

  /** The Instagram accounts that a token leads to; an empty answer has a reason. */
  async instagramAccounts(token: Token, { signal }: Waiting = {}): Promise<InstagramAccounts> {
    const parts = await this.#wait(signal, () => this.#held.instagramAccounts(wireOf(token)));
    return accountsOf(unwrap(parts), this.#provider);
  }

  /** What became of each permission: granted, declined or expired. */
  async permissions(token: Token, { signal }: Waiting = {}): Promise<Permissions> {
    return unwrap(await this.#wait(signal, () => this.#held.permissions(wireOf(token))));
  }

  /** Takes one permission back. The token lives on without it. */
  async revokePermission(token: Token, permission: string, { signal }: Waiting = {}): Promise<void> {
    check(await this.#wait(signal, () => this.#held.revokePermission(wireOf(token), permission)));
  }

  #wait<T>(signal: AbortSignal | undefined, begin: () => Promise<T>): Promise<T> {
    this.#clock.tick();
    return wait(begin, signal);
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('Client', { config: this.config }, depth, options, inspect);
  }
}

/** @internal */
export function loginOptions({ requiredScopes, optionalScopes, extra, ...plain }: AuthorizeOptions): Native.LoginOptions {
  const options: Native.LoginOptions = { ...plain };
  if (requiredScopes !== undefined) options.requiredScopes = names(requiredScopes);
  if (optionalScopes !== undefined) options.optionalScopes = names(optionalScopes);
  if (extra !== undefined) options.extra = pairs(extra);
  return options;
}
