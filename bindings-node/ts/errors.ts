/** What can go wrong. */

import { causeOf } from './causes.js';
import type { CodesOf, ErrorCode, Family, RetryKind } from './codes.js';
import { native, type Native } from './native.js';
import { toDate } from './time.js';
import { makeToken, type Token } from './token.js';

/** Whether and when trying again makes sense. */
export type Retry =
  /** The same call fails again. */
  | { readonly kind: 'never' }
  /** The same call may succeed later; wait longer each time. */
  | { readonly kind: 'backoff' }
  /** The same call may succeed at this moment, not before. */
  | { readonly kind: 'after'; readonly at: Date }
  /** Only a new login helps. */
  | { readonly kind: 'login' }
  /** Ask the person again for consent. */
  | { readonly kind: 'reconsent' }
  /** The person has to do something at this address first; the same token may work then. */
  | { readonly kind: 'user_action'; readonly url: string }
  /** Somebody has to change the configuration here or in the provider's dashboard. */
  | { readonly kind: 'fix_config' };

/** What the provider itself said, with tokens taken out. */
export interface ProviderDetails {
  /** The HTTP status, where there was a response. */
  readonly status?: number;
  /** `error_type`, `type`, or RFC 6749's `error`. */
  readonly kind?: string;
  /** The Graph API's error code, such as 190. */
  readonly code?: number;
  /** The Graph API's `error_subcode`, such as 460. */
  readonly subcode?: number;
  /** Its words. */
  readonly said?: string;
  /** Name it when you ask the provider's support. */
  readonly traceId?: string;
  /** The Graph API's own word that trying again may help. */
  readonly isTransient: boolean;
}

/**
 * Everything that shutterkey throws on purpose. `code` says what it is, `family` what part of the job it belongs to, `hint`
 * what to do and where. No member of it holds a secret but for `resumable`, which is not printed.
 */
export class ShutterkeyError extends Error {
  /** The stable dotted code, such as `redirect.state_mismatch`. New ones may come; none is ever renamed. */
  readonly code: ErrorCode;
  /** The part of the job that it belongs to: the first part of the code. */
  readonly family: Family;
  /** What happened, without the provider's words and the code that `message` has. */
  readonly summary: string;
  /** What to do, and where. */
  readonly hint: string;
  /** Whether trying again makes sense. */
  readonly retry: Retry;
  /** What the provider itself said, if it said anything. */
  readonly provider: ProviderDetails | undefined;
  /** Why, as the code of another error, where there is one behind it (`account.needs_login`). */
  readonly reason: ErrorCode | (string & {}) | undefined;
  readonly #resumable: Resumable | undefined;

  /** @internal */
  constructor(failure: Native.Failure, provider: Native.Provider | undefined) {
    super(failure.text, failure.behind === undefined ? undefined : { cause: causeOf(failure.behind) });
    this.code = failure.code as ErrorCode;
    this.family = failure.family as Family;
    this.summary = failure.summary;
    this.hint = failure.hint;
    this.retry = retryOf(failure);
    this.provider = failure.provider ? detailsOf(failure.provider) : undefined;
    this.reason = failure.reason ?? undefined;
    this.#resumable = failure.resumable && provider ? makeResumable(failure.resumable, provider) : undefined;
  }

  /** What finishes a login whose code is spent and whose later step failed: give it to `resume()`. */
  get resumable(): Resumable | undefined {
    return this.#resumable;
  }

  /** Whether it is of this family; the code then is one of its codes. */
  is<F extends Family>(family: F): this is this & { readonly family: F; readonly code: CodesOf<F> } {
    return this.family === family;
  }

  /** What may be logged. */
  toJSON(): object {
    const { name, code, family, message, hint, retry, provider, reason } = this;
    return { name, code, family, message, hint, retry, provider, reason };
  }
}

Object.defineProperty(ShutterkeyError.prototype, 'name', {
  value: 'ShutterkeyError',
  configurable: true,
  writable: true,
});

let makeResumable: (held: Native.Resumable, provider: Native.Provider) => Resumable;
let heldBy: (resumable: Resumable) => Native.Resumable;
let ownerOf: (resumable: Resumable) => Native.Provider;

/**
 * What is left of a login whose code is spent and whose later step failed. Give it to `resume()`, and the login is finished
 * without a new one.
 */
export class Resumable {
  readonly #held: Native.Resumable;
  readonly #provider: Native.Provider;

  private constructor(held: Native.Resumable, provider: Native.Provider) {
    this.#held = held;
    this.#provider = provider;
  }

  static {
    makeResumable = (held, provider) => new Resumable(held, provider);
    heldBy = (resumable) => resumable.#held;
    ownerOf = (resumable) => resumable.#provider;
  }

  /** The public name of the login. */
  get handle(): string {
    return this.#held.handle;
  }

  /** The token that was received, for callers without a store. */
  get token(): Token {
    return makeToken(this.#held.token(), this.#provider);
  }
}

/** @internal */
export { heldBy as nativeResumable, ownerOf as providerOf };

/** @internal The value, or the error thrown. `provider` is whose tokens the error may carry. */
export function unwrap<T>(outcome: T | Native.Failure, provider?: Native.Provider): T {
  if (isFailure(outcome)) throw new ShutterkeyError(outcome, provider);
  return outcome;
}

/** @internal The error thrown, if there is one. */
export function check(failure: Native.Failure | null | undefined): void {
  if (failure) throw new ShutterkeyError(failure, undefined);
}

/** @internal An error that is told, not thrown. */
export function told(
  failure: Native.Failure | null | undefined,
  provider?: Native.Provider,
): ShutterkeyError | undefined {
  return failure ? new ShutterkeyError(failure, provider) : undefined;
}

/** @internal A misuse of this package by its caller. */
export function misuse(what: string): ShutterkeyError {
  return new ShutterkeyError(native.misuse(what), undefined);
}

function isFailure(outcome: unknown): outcome is Native.Failure {
  return typeof outcome === 'object' && outcome !== null && 'hint' in outcome;
}

function retryOf(failure: Native.Failure): Retry {
  const kind = failure.retry as RetryKind;
  switch (kind) {
    case 'after':
      return { kind, at: toDate(failure.after ?? 0) };
    case 'user_action':
      return { kind, url: failure.address ?? '' };
    default:
      return { kind };
  }
}

function detailsOf(said: Native.ProviderSaid): ProviderDetails {
  return {
    ...present('status', said.status),
    ...present('kind', said.kind),
    ...present('code', said.code),
    ...present('subcode', said.subcode),
    ...present('said', said.said),
    ...present('traceId', said.traceId),
    isTransient: said.isTransient,
  };
}

/** @internal A member, unless there is nothing to put into it. */
export function present<K extends string, V>(name: K, value: V | null | undefined): { [P in K]?: V } {
  return value === null || value === undefined ? {} : ({ [name]: value } as { [P in K]?: V });
}

