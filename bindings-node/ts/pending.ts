/** Logins that wait for their answer. */

import type { InspectOptions } from 'node:util';
import type { UserId } from './account.js';
import type { ResponseType } from './config.js';
import { check, ShutterkeyError, unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { nativeKeys, type SealKeys } from './seal.js';
import { secondsOrNow, toDate, type Moment } from './time.js';

/** How an answer is accepted. */
export interface AcceptOptions {
  /** When it came; by default now, on the machine's clock. */
  readonly now?: Moment | undefined;
  /** The browser session, for a login that is bound to one. */
  readonly session?: string | undefined;
}

/** @internal */
export let makePending: (text: string) => PendingAuthorization;
/** @internal */
export let textOf: (pending: PendingAuthorization) => string;

/**
 * A login that was begun and waits for its answer. It holds the state and the code verifier, which are secrets.
 *
 * It lives ten minutes by default and is bound to its provider, client id, redirect URI and, if the caller wants, to a browser
 * session. `serialize()` and `seal()` let it wait anywhere; it never travels in `state`.
 */
export class PendingAuthorization {
  readonly #text: string;
  /** Under which the native part may have it at hand; 0: it has not. */
  #number = 0;
  #parts: Native.PendingParts | undefined;

  private constructor(text: string) {
    this.#text = text;
  }

  static {
    makePending = (text) => new PendingAuthorization(text);
    textOf = (pending) => pending.#text;
  }

  /** Reads what `serialize()` wrote. @throws {@link ShutterkeyError} `redirect.seal_invalid` */
  static deserialize(text: string): PendingAuthorization {
    const pending = new PendingAuthorization(text);
    pending.#number = unwrap(native.keepPending(text));
    return pending;
  }

  /** Opens what `seal()` made for the same provider and session. @throws {@link ShutterkeyError} `redirect.seal_invalid` */
  static open(
    sealed: string,
    keys: SealKeys,
    bound: { readonly provider: string; readonly session?: string | undefined },
  ): PendingAuthorization {
    return new PendingAuthorization(unwrap(native.open(sealed, nativeKeys(keys), bound.provider, bound.session)));
  }

  /** All of it as text, a secret: for a server-side session. In a cookie or a form use `seal()`. */
  serialize(): string {
    return this.#text;
  }

  /** Encrypts and authenticates it, bound to its provider and to a browser session. */
  seal(keys: SealKeys, options: { readonly session?: string | undefined } = {}): string {
    return unwrap(native.seal(this.#text, nativeKeys(keys), options.session));
  }

  /**
   * Checks a whole redirect URL: that it came to the registered address, its state, then error, then code. For a loopback
   * listener, a paste or a deep link.
   *
   * @throws {@link ShutterkeyError} of family `redirect` or `denied`
   */
  accept(url: string | URL, options?: AcceptOptions): Grant {
    return this.#accept(FROM_URL, typeof url === 'string' ? url : url.href, options);
  }

  /**
   * The same for the raw query of a route that is itself the registered redirect: behind a proxy, a server does not know its own
   * URL.
   */
  acceptQuery(query: string, options?: AcceptOptions): Grant {
    return this.#accept(FROM_QUERY, query, options);
  }

  /** The same for what a person pasted: quotes, line breaks and a missing scheme are forgiven, a missing state is not. */
  acceptPasted(text: string, options?: AcceptOptions): Grant {
    return this.#accept(PASTED, text, options);
  }

  #accept(from: AnswerKind, answer: string, options: AcceptOptions | undefined): Grant {
    const session = options?.session;
    const now = options?.now === undefined && session === undefined ? undefined : secondsOrNow(options?.now);
    let accepted = asked(this.#number, from, answer, now, session);
    if (accepted % 4 === NOT_AT_HAND) {
      this.#number = unwrap(native.keepPending(this.#text));
      accepted = asked(this.#number, from, answer, now, session);
    }
    return makeGrant(accepted, this.#text, from, answer, now, session);
  }

  #read(): Native.PendingParts {
    this.#parts ??= unwrap(native.pendingParts(this.#text));
    return this.#parts;
  }

  /** The provider's stable name. */
  get provider(): string {
    return this.#read().provider;
  }

  /** Where the answer will come to. */
  get redirectUri(): string {
    return this.#read().redirectUri;
  }

  /** `code` or `token`. */
  get responseType(): ResponseType {
    return this.#read().responseType as ResponseType;
  }

  /** When the login was begun. */
  get createdAt(): Date {
    return toDate(this.#read().createdAt);
  }

  /** Until when its answer is accepted. */
  get expiresAt(): Date {
    return toDate(this.#read().expiresAt);
  }

  /** The caller's own data. */
  get context(): Uint8Array | undefined {
    return this.#read().context ?? undefined;
  }

  /** Where the person goes afterwards. */
  get returnTo(): string | undefined {
    return this.#read().returnTo ?? undefined;
  }

  /** The account that has to log in, if it is one in particular. */
  get expectedAccount(): UserId | undefined {
    return (this.#read().expectedAccount ?? undefined) as UserId | undefined;
  }

  /** A public name of this login, for logs and stores: nothing can be done with it. */
  get handle(): string {
    return this.#read().handle;
  }

  /** The code verifier, a secret, for the exchange; `undefined` where the provider has no PKCE. */
  revealVerifier(): string | undefined {
    return native.pendingVerifier(this.#text) ?? undefined;
  }

  /** What may be seen of it. */
  toJSON(): object {
    const { provider, handle, expiresAt } = this;
    return { provider, handle, expiresAt };
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('PendingAuthorization', { ...this.toJSON() }, depth, options, inspect);
  }
}

/** Refuses a `returnTo` that leads elsewhere than to a path of the caller's own site. @throws {@link ShutterkeyError} `redirect.return_to` */
export function checkReturnTo(path: string): void {
  check(native.checkReturnTo(path));
}

/** Where an answer comes from, and what the native part says of it: where no moment was given, four times the present beside that. */
const FROM_URL = 0;
const FROM_QUERY = 1;
const PASTED = 2;
const TOKEN = 1;
const NOT_AT_HAND = 2;

function asked(
  number: number,
  from: AnswerKind,
  answer: string,
  now: number | undefined,
  session: string | undefined,
): number {
  const which = number * 4 + from;
  return unwrap(now === undefined ? native.accept(which, answer) : native.acceptAt(which, answer, now, session));
}

type AnswerKind = typeof FROM_URL | typeof FROM_QUERY | typeof PASTED;

let makeGrant: (
  accepted: number,
  pending: string,
  from: AnswerKind,
  answer: string,
  now: number | undefined,
  session: string | undefined,
) => Grant;
/** @internal Takes the grant out, for the one use that it has. */
export let takeGrant: (grant: Grant, pending: PendingAuthorization) => Native.Accepted;

/**
 * What an accepted answer grants: a code to be exchanged, or, by explicit choice of `responseType`, a token. It is used once: a
 * client that it was given to has it.
 */
export class Grant {
  /** `code` or `token`. */
  readonly kind: ResponseType;
  // What was accepted is accepted again where it is used: accepting looks at nothing else than this.
  readonly #pending: string;
  readonly #from: AnswerKind;
  readonly #answer: string;
  readonly #now: number;
  readonly #session: string | undefined;
  #used = false;
  #secrets: readonly string[] | undefined;

  private constructor(
    accepted: number,
    pending: string,
    from: AnswerKind,
    answer: string,
    now: number | undefined,
    session: string | undefined,
  ) {
    this.kind = accepted % 4 === TOKEN ? 'token' : 'code';
    this.#pending = pending;
    this.#from = from;
    this.#answer = answer;
    this.#now = now ?? Math.floor(accepted / 4);
    this.#session = session;
  }

  static {
    makeGrant = (accepted, pending, from, answer, now, session) =>
      new Grant(accepted, pending, from, answer, now, session);
    takeGrant = (grant, pending) => {
      if (grant.#used) throw new ShutterkeyError(native.usedBefore(), undefined);
      grant.#used = true;
      return { ...grant.#accepted(), pending: textOf(pending) };
    };
  }

  #accepted(): Native.Accepted {
    const accepted: Native.Accepted = {
      pending: this.#pending,
      from: this.#from,
      answer: this.#answer,
      now: this.#now,
    };
    if (this.#session !== undefined) accepted.session = this.#session;
    return accepted;
  }

  #secret(at: number): string | undefined {
    this.#secrets ??= unwrap(native.grant(this.#accepted())).split('\n');
    return this.#secrets[at];
  }

  /** The code, a secret; `undefined` for a token. */
  revealCode(): string | undefined {
    return this.kind === 'code' ? this.#secret(1) : undefined;
  }

  /** The access token, a secret; `undefined` for a code. */
  revealAccessToken(): string | undefined {
    return this.kind === 'token' ? this.#secret(1) : undefined;
  }

  /** The long-lived token beside it (Facebook Login), a secret. */
  revealLongLivedToken(): string | undefined {
    return this.kind === 'token' ? this.#secret(2) || undefined : undefined;
  }

  /** @internal */
  [inspected](): string {
    return `Grant(${this.kind}) [redacted]`;
  }
}

/** @internal Two lines: the URL and the pending login. */
export function makeRequest(lines: string): AuthorizationRequest {
  const end = lines.indexOf('\n');
  return new AuthorizationRequest(lines.slice(0, end), lines.slice(end + 1));
}

/** Where to send the person, and what to keep until the answer comes. */
export class AuthorizationRequest {
  readonly #url: string;
  readonly #text: string;
  #pending: PendingAuthorization | undefined;

  /** @internal */
  constructor(url: string, text: string) {
    this.#url = url;
    this.#text = text;
  }

  /** The authorize URL, to be opened in the person's own browser. It carries the state: do not log it. */
  get url(): string {
    return this.#url;
  }

  /** What the answer is checked against. Keep it with the person's session. */
  get pending(): PendingAuthorization {
    this.#pending ??= makePending(this.#text);
    return this.#pending;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const url = `${this.#url.split('?', 1)[0]}?[redacted]`;
    return shown('AuthorizationRequest', { url, pending: this.pending }, depth, options, inspect);
  }
}
