/** Accounts, and what a login gives. */

import type { InspectOptions } from 'node:util';
import { ShutterkeyError, told } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import type { Native } from './native.js';
import { maybeDate, toDate, toSeconds, type Moment } from './time.js';
import { makeToken, type Token } from './token.js';

declare const brand: unique symbol;

/** An account's own id: exact digits, never a number. For Instagram the professional account id. */
export type UserId = string & { readonly [brand]: 'UserId' };

/** The id that one app alone sees; deauthorize and data-deletion callbacks carry it. */
export type AppScopedId = string & { readonly [brand]: 'AppScopedId' };

/** A text that is not marked as an id of another kind. */
export type Unbranded<Id extends string> = Id | (string & { readonly [brand]?: never });

/** An account as the provider describes it. */
export interface Account {
  /** Its own id: for Instagram the professional account id, the same in webhooks and for publishing. */
  readonly userId: UserId;
  /** The id that this app alone sees, where it is another one. */
  readonly appScopedId?: AppScopedId;
  /** Its user name, without `@`. */
  readonly username?: string;
  /** The name it shows. */
  readonly name?: string;
  /** `Business`, `Media_Creator`, … in the provider's own spelling. */
  readonly accountType?: string;
}

/** Names an account in a store. A keeper takes it wherever it takes a name. */
export interface AccountKey {
  /** The provider's stable name. */
  readonly provider: string;
  /** The app (client id) that the token belongs to. */
  readonly appId: string;
  /** The account. */
  readonly userId: UserId;
}

/** A connected account: who it is, its token, and what the caller had bound to the login. */
export interface Connection {
  /** Its key in a store. */
  readonly key: AccountKey;
  /** The account. */
  readonly account: Account;
  /** Its token, long-lived where the provider has that. */
  readonly token: Token;
  /** Scopes that were asked for and not granted. Empty as well when the provider did not say what it granted. */
  readonly missingScopes: readonly string[];
  /** The caller's own data. */
  readonly context?: Uint8Array;
  /** Where to send the person, as it was checked when the login began. */
  readonly returnTo?: string;
}

/** What a code was exchanged for. */
export interface TokenAnswer {
  /** The token. */
  readonly token: Token;
  /** The user id beside it, exact. Which of the account's ids it is differs; `identify()` tells for certain. */
  readonly userId?: string;
}

/** How an account is. */
export type AccountState =
  /** It has a live token that is kept alive. */
  | { readonly kind: 'live' }
  /** It has a live token that cannot be kept alive beyond this moment. */
  | { readonly kind: 'login_needed_by'; readonly by: Date }
  /** Only a new login helps; the code of an error says why. */
  | { readonly kind: 'needs_login'; readonly reason: string }
  /** The person has to do something first; then the same token works again. */
  | { readonly kind: 'blocked'; readonly reason: string; readonly recheckAt: Date };

/** What became of an account that was forgotten. */
export interface LoggedOut {
  /** Whether the provider confirmed that the token is ended. */
  readonly revoked: boolean;
  /** Why it is not, where it is not: the provider has no such call, or could not be reached. */
  readonly problem?: ShutterkeyError;
}

/** An account in a store, with its token and how it stands. */
export class StoredAccount {
  /** Its key in the store. */
  readonly key: AccountKey;
  /** The account. */
  readonly account: Account;
  /** Its token, as it is stored: it may be due, or dead. `Keeper.token()` answers a live one. */
  readonly token: Token;
  /** How it stood when it was read. */
  readonly state: AccountState;
  readonly #held: Native.StoredAccount;
  readonly #provider: Native.Provider;

  /** @internal */
  constructor(held: Native.StoredAccount, provider: Native.Provider, now: number) {
    this.key = keyOf(held.key);
    this.account = accountOf(held.account);
    this.token = makeToken(held.token(), provider);
    this.state = stateOf(held.state(now));
    this.#held = held;
    this.#provider = provider;
  }

  /** @internal */
  held(): Native.StoredAccount {
    return this.#held;
  }

  /** The same account as it stands at another moment, by its record alone. */
  at(now: Moment): StoredAccount {
    return new StoredAccount(this.#held, this.#provider, toSeconds(now));
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { key, account, token, state } = this;
    return shown('StoredAccount', { key, account, token, state }, depth, options, inspect);
  }
}

/** @internal */
export function keyOf(parts: Native.KeyParts): AccountKey {
  return { provider: parts.provider, appId: parts.appId, userId: parts.userId as UserId };
}

/** @internal */
export function accountOf(parts: Native.AccountParts): Account {
  return { ...parts, userId: parts.userId as UserId } as Account;
}

/** @internal */
export function connectionOf(parts: Native.ConnectionParts, provider: Native.Provider): Connection {
  const { context, returnTo } = parts;
  return {
    key: keyOf(parts.key),
    account: accountOf(parts.account),
    token: makeToken(parts.token, provider),
    missingScopes: parts.missingScopes,
    ...(context && { context }),
    ...(returnTo !== undefined && { returnTo }),
  };
}

/** @internal */
export function exchangedOf(parts: Native.ExchangedParts, provider: Native.Provider): TokenAnswer {
  const token = makeToken(parts.token, provider);
  return parts.userId === undefined ? { token } : { token, userId: parts.userId };
}

/** @internal */
export function loggedOutOf(parts: Native.LoggedOutParts): LoggedOut {
  const problem = told(parts.problem);
  return problem ? { revoked: parts.revoked, problem } : { revoked: parts.revoked };
}

function stateOf({ kind, by, reason, recheckAt }: Native.StateParts): AccountState {
  switch (kind) {
    case 'login_needed_by':
      return { kind, by: toDate(by ?? 0) };
    case 'needs_login':
      return { kind, reason: reason ?? '' };
    case 'blocked':
      return { kind, reason: reason ?? '', recheckAt: maybeDate(recheckAt) ?? new Date(0) };
    default:
      return { kind: 'live' };
  }
}
