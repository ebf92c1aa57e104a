/** Tokens. */

import type { InspectOptions } from 'node:util';
import { unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { nativeProvider, type Provider } from './provider.js';
import { maybeDate, secondsOrNow, toDate, toSeconds, type Moment } from './time.js';

/** What a token is. */
export type TokenKind = 'short' | 'long' | 'page' | 'system_user' | 'permanent' | 'bearer' | 'app';

/** When a token stops working by time alone: at a moment, never, or it is not known, which one refresh tells. */
export type Expiry = { readonly kind: 'at'; readonly at: Date } | { readonly kind: 'never' | 'unknown' };

/** Whether a token can be refreshed at a moment. */
export type Refreshable =
  | { readonly kind: 'now' }
  | { readonly kind: 'not_before'; readonly at: Date }
  | {
      readonly kind: 'impossible';
      readonly reason: 'expired' | 'short_lived' | 'never_expires' | 'not_offered' | 'no_refresh_token';
    };

/** What is known of a token whose value the caller has. */
export interface KnownToken {
  /** Whose it is: its rules of renewal. */
  readonly provider: Provider;
  /** What it is. */
  readonly kind: TokenKind;
  /** What was granted, if that is known. */
  readonly scopes?: Iterable<string> | undefined;
  /** When it was issued, if that is known. */
  readonly issuedAt?: Moment | undefined;
  /** When it expires; unknown by default. */
  readonly expiresAt?: Moment | 'never' | undefined;
  /** Until when data may be read with it. */
  readonly dataAccessUntil?: Moment | undefined;
  /** The refresh token (RFC 6749 1.5), a secret. */
  readonly refreshToken?: string | undefined;
}

interface Details {
  kind: TokenKind;
  scopes?: string[];
  issuedAt?: number;
  expiry: 'never' | 'unknown' | { at: number };
  dataAccessUntil?: number;
  refreshToken?: string;
}

/** @internal */
export let makeToken: (wire: string, provider: Native.Provider) => Token;
/** @internal */
export let wireOf: (token: Token) => string;

/**
 * An access token with what is known about it. Its value comes out by `reveal()` alone: it is not printed, not part of
 * JSON, not copied by `structuredClone`, and turning it into a text throws, so that nobody sends `[redacted]` to a server.
 */
export class Token {
  readonly #wire: string;
  readonly #provider: Native.Provider;
  #details: Details | undefined;

  /**
   * The token itself, a secret: for the request that needs it, not for a log.
   *
   * It is a member of each token and not of the class, since `structuredClone` and `postMessage` refuse what has one.
   */
  readonly reveal: () => string;

  private constructor(wire: string, provider: Native.Provider) {
    this.#wire = wire;
    this.#provider = provider;
    this.reveal = () => this.#wire.slice(0, this.#wire.indexOf('\n'));
  }

  /** A token whose value the caller has. A keeper takes it by `importToken()`. @throws {@link ShutterkeyError} */
  static of(value: string, known: KnownToken): Token {
    const provider = nativeProvider(known.provider);
    const { kind, scopes, issuedAt, expiresAt, dataAccessUntil, refreshToken } = known;
    const crossing: Native.KnownToken = { kind, refreshToken, neverExpires: expiresAt === 'never' };
    if (scopes !== undefined) crossing.scopes = Array.from(scopes);
    if (issuedAt !== undefined) crossing.issuedAt = toSeconds(issuedAt);
    if (expiresAt !== undefined && expiresAt !== 'never') crossing.expiresAt = toSeconds(expiresAt);
    if (dataAccessUntil !== undefined) crossing.dataAccessUntil = toSeconds(dataAccessUntil);
    return new Token(unwrap(native.tokenOf(provider, value, crossing)), provider);
  }

  static {
    makeToken = (wire, provider) => new Token(wire, provider);
    wireOf = (token) => token.#wire;
  }

  #read(): Details {
    this.#details ??= JSON.parse(this.#wire.slice(this.#wire.indexOf('\n') + 1)) as Details;
    return this.#details;
  }

  /** What it is: `short` (an hour or two), `long` (sixty days), `page`, `system_user`, `permanent`, `bearer` or `app`. */
  get kind(): TokenKind {
    return this.#read().kind;
  }

  /** The scopes that were granted; `undefined` when the provider did not say. */
  get scopes(): readonly string[] | undefined {
    return this.#read().scopes;
  }

  /** When it was issued, if that is known. */
  get issuedAt(): Date | undefined {
    return maybeDate(this.#read().issuedAt);
  }

  /** When it stops working by time alone. */
  get expiry(): Expiry {
    const { expiry } = this.#read();
    return typeof expiry === 'string' ? { kind: expiry } : { kind: 'at', at: toDate(expiry.at) };
  }

  /** When it expires; `undefined`: see `expiry`. */
  get expiresAt(): Date | undefined {
    const { expiry } = this.#read();
    return typeof expiry === 'string' ? undefined : toDate(expiry.at);
  }

  /** Until when the app may read the person's data with it, where the provider limits that (Facebook Login). */
  get dataAccessUntil(): Date | undefined {
    return maybeDate(this.#read().dataAccessUntil);
  }

  /** The refresh token that came with it (RFC 6749 1.5), a secret. */
  revealRefreshToken(): string | undefined {
    return this.#read().refreshToken;
  }

  /** Whether a refresh token came with it (RFC 6749 1.5). */
  get hasRefreshToken(): boolean {
    return this.#read().refreshToken !== undefined;
  }

  /** Whether it works at a moment, as far as time can tell; by default now, on the machine's clock. */
  isLive(now?: Moment): boolean {
    return native.tokenLive(this.#provider, this.#wire, secondsOrNow(now));
  }

  /** Whether it can be refreshed at a moment; by default now, on the machine's clock. */
  refreshable(now?: Moment): Refreshable {
    const asked = native.tokenRefreshable(this.#provider, this.#wire, secondsOrNow(now));
    const { kind, notBefore, reason } = unwrap(asked);
    if (kind === 'not_before') return { kind, at: toDate(notBefore ?? 0) };
    if (kind === 'impossible') return { kind, reason: reason as (Refreshable & { kind: 'impossible' })['reason'] };
    return { kind: 'now' };
  }

  /** @throws TypeError always. */
  toString(): never {
    throw new TypeError(
      'A Token does not turn into text by itself, so that it is not logged by accident; use token.reveal().',
    );
  }

  /** @throws TypeError always. */
  [Symbol.toPrimitive](): never {
    return this.toString();
  }

  /** What may be seen of it. */
  toJSON(): object {
    const { kind, scopes, issuedAt, expiresAt } = this;
    return { token: '[redacted]', kind, scopes, issuedAt, expiresAt };
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { kind, expiresAt, expiry } = this;
    return shown('Token', { kind, expires: expiresAt ?? expiry.kind }, depth, options, inspect);
  }
}
