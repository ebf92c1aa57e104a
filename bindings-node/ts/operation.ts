/**
 * Whole sequences without I/O, for a driver of the caller's own: an `Operation` has no socket, no store, no clock and no
 * randomness. It asks for each by a `Step` and goes on with the `Answer`. **Every step is answered exactly once, in order.** What
 * fails goes into the operation as an answer, so that a failure has one meaning everywhere. One that threw, or that gave `done`,
 * is finished. What a driver has to hold to when it sends is said at `HttpRequest`.
 *
 * @packageDocumentation
 */

import {
  accountOf,
  connectionOf,
  exchangedOf,
  loggedOutOf,
  StoredAccount,
  type Account,
  type AccountKey,
  type Connection,
  type LoggedOut,
  type TokenAnswer,
  type Unbranded,
  type UserId,
} from './account.js';
import { plainAnswer, type ApiAnswer } from './answer.js';
import type { TokenInspector } from './client.js';
import { nativeConfig, type ClientConfig } from './config.js';
import { nativeResumable, present, providerOf, told, unwrap, type Resumable, type ShutterkeyError } from './errors.js';
import { inspectionOf, type Permissions, type TokenInspection } from './inspection.js';
import { accountsOf, type InstagramAccounts } from './instagram.js';
import { native, type Native } from './native.js';
import { takeGrant, type Grant, type PendingAuthorization } from './pending.js';
import { HttpRequest } from './protocol.js';
import { makeProvider, type Provider, type StandardProvider } from './provider.js';
import { makeStep, type Step } from './step.js';
import { maybeDate, secondsOrNow, toSeconds, type Moment } from './time.js';
import { makeToken, Token, wireOf, type TokenKind } from './token.js';

export { HttpRequest };
export type { Step } from './step.js';

/** Why no response came, or none that could be read whole. `dns` and `offline` promise that nothing was sent. */
export type SendFailure = 'timeout' | 'dns' | 'tls' | 'offline' | 'reset' | 'too_large';

/** What a driver answers to a {@link Step}. */
export type Answer =
  /** The response, whatever its status. */
  | { readonly kind: 'response'; readonly response: ApiAnswer }
  /** No response. */
  | { readonly kind: 'send_failed'; readonly reason: SendFailure }
  /** The record with its version; without them: there is none. */
  | { readonly kind: 'loaded'; readonly record?: Uint8Array | undefined; readonly version?: number | undefined }
  /** The lease, by its number: it grows with every lease of a key. */
  | { readonly kind: 'leased'; readonly fence: number }
  /** The version that was written: it grows with every write of a key. */
  | { readonly kind: 'saved'; readonly version: number }
  /** The store could not do it: a code of the `store` family; `store.unavailable` by default. */
  | { readonly kind: 'store_failed'; readonly code?: string | undefined }
  /** Somebody else has the lease; another version is there, or a later lease; done; the time has passed. */
  | { readonly kind: 'lease_held' | 'conflict' | 'released' | 'deleted' | 'waited' };

/** A sequence in progress that gives a `T`. */
export class Operation<T> {
  readonly #held: Native.Operation;
  readonly #convert: (done: Native.DoneParts, now: number) => T;
  readonly #provider: Native.Provider | undefined;

  /** @internal */
  constructor(
    held: Native.Operation,
    convert: (done: Native.DoneParts, now: number) => T,
    provider?: Native.Provider,
  ) {
    this.#held = held;
    this.#convert = convert;
    this.#provider = provider;
  }

  /** The first step; `now` is the machine's present by default. @throws {@link ShutterkeyError} where the operation fails */
  begin(now?: Moment): Step<T> {
    const at = secondsOrNow(now);
    return this.#asked(unwrap(this.#held.begin(at), this.#provider), at);
  }

  /** The next step, given the answer to the last one. @throws {@link ShutterkeyError} where the operation fails */
  step(answer: Answer, now?: Moment): Step<T> {
    const at = secondsOrNow(now);
    return this.#asked(unwrap(this.#held.step(crossing(answer), at), this.#provider), at);
  }

  #asked(parts: Native.StepParts, now: number): Step<T> {
    return makeStep(parts, (done) => this.#convert(done, now));
  }
}

/** In which namespace of a store an operation works. */
export interface Where {
  /** The namespace; `default` for what keeps an account that is stored already. */
  readonly namespace?: string | undefined;
}

/** Where and under which name an account is stored. */
export interface Stored extends Where {
  /** The caller's own name for the account. */
  readonly name?: string | undefined;
}

/** An account that was looked after. */
export interface Kept {
  /** The account as it is now; its token lives. */
  readonly account: StoredAccount;
  /** Whether this refreshed it. */
  readonly refreshed: boolean;
  /** Whether a refresh succeeded and did not move the expiry. */
  readonly stalled: boolean;
  /** Until when the token lives, of an account that came to be at risk; told once for a token. */
  readonly atRisk?: Date;
  /** What went wrong although the token lives. One that could not be stored is in `account` alone: see `storeAgain()`. */
  readonly problem?: ShutterkeyError;
}

/** What the report of an API's answer led to. */
export interface Reported {
  /** The account as it is now. */
  readonly account: StoredAccount;
  /** What the answer means; nothing for a success. */
  readonly meaning?: ShutterkeyError;
  /** Whether the account's record was changed. */
  readonly changed: boolean;
  /** What a keeper throws: that the account needs a login, or what the answer means otherwise. */
  readonly error?: ShutterkeyError;
}

/** Completes a login. With a namespace the account is stored there before it is given; without one no store is asked. */
export function complete(
  config: ClientConfig,
  pending: PendingAuthorization,
  grant: Grant,
  { namespace, name }: Stored = {},
): Operation<Connection> {
  const held = native.completeOperation(nativeConfig(config), takeGrant(grant, pending), namespace, name);
  return connecting(unwrap(held), nativeConfig(config).provider);
}

/** Finishes a login whose code is spent. */
export function resume(resumable: Resumable): Operation<Connection> {
  return connecting(native.resumeOperation(nativeResumable(resumable)), providerOf(resumable));
}

/** Exchanges a code. */
export function exchange(config: ClientConfig, pending: PendingAuthorization, grant: Grant): Operation<TokenAnswer> {
  const { provider } = nativeConfig(config);
  const held = unwrap(native.exchangeOperation(nativeConfig(config), takeGrant(grant, pending)));
  return new Operation(held, ({ exchanged }) => exchangedOf(given(exchanged), provider), provider);
}

/** Makes a short-lived token long-lived. */
export function extend(config: ClientConfig, token: Token): Operation<Token> {
  return giving('extend', config, token);
}

/** Refreshes a token. */
export function refresh(config: ClientConfig, token: Token): Operation<Token> {
  return giving('refresh', config, token);
}

/** Asks whose token it is. */
export function identify(config: ClientConfig, token: Token): Operation<Account> {
  return new Operation(about('identify', config, token), ({ account }) => accountOf(given(account)));
}

/** Ends a token at the provider. */
export function revoke(config: ClientConfig, token: Token): Operation<void> {
  return new Operation(about('revoke', config, token), () => undefined);
}

/**
 * Asks the platform what a token is (Meta's `debug_token`). `inspector` asks instead of the app itself: a token of one of its
 * developers, or for Threads of one of its testers.
 */
export function inspectToken(
  config: ClientConfig,
  token: Token,
  { inspector }: TokenInspector = {},
): Operation<TokenInspection> {
  const by = inspector && wireOf(inspector);
  const held = unwrap(native.inspectOperation(nativeConfig(config), wireOf(token), by));
  return new Operation(held, ({ inspection }) => inspectionOf(given(inspection)));
}

/** Asks for the app's own token (RFC 6749 4.4). */
export function appToken(config: ClientConfig): Operation<Token> {
  const { provider } = nativeConfig(config);
  const held = native.appTokenOperation(nativeConfig(config));
  return new Operation(held, (done) => makeToken(given(done.token), provider));
}

/** Finds the Instagram accounts that a token leads to; an empty answer has a reason. */
export function instagramAccounts(config: ClientConfig, token: Token): Operation<InstagramAccounts> {
  const { provider } = nativeConfig(config);
  const held = about('instagram_accounts', config, token);
  return new Operation(held, ({ accounts }) => accountsOf(given(accounts), provider));
}

/** Asks what became of each permission: granted, declined or expired. */
export function permissions(config: ClientConfig, token: Token): Operation<Permissions> {
  return new Operation(about('permissions', config, token), ({ permissions }) => given(permissions));
}

/** Takes one permission back. The token lives on without it. */
export function revokePermission(config: ClientConfig, token: Token, permission: string): Operation<void> {
  const held = unwrap(native.revokePermissionOperation(nativeConfig(config), wireOf(token), permission));
  return new Operation(held, () => undefined);
}

/** Describes a standard server from its own metadata (RFC 8414); the settings stand over it. */
export function discover(issuer: string, settings: Partial<StandardProvider> = {}): Operation<Provider> {
  const held = native.discoverOperation(issuer, settings);
  return new Operation(held, ({ provider }) => makeProvider(given(provider)));
}

/** What is known of a token that was made elsewhere. */
export interface ImportedToken extends Stored {
  /** What it is; `long` by default, as the dashboard's *Generate token* makes. */
  readonly kind?: TokenKind | undefined;
  /** When it expires; by default unknown, and one refresh tells. */
  readonly expiresAt?: Moment | undefined;
  /** Whose it is, where the provider does not say. */
  readonly userId?: Unbranded<UserId> | undefined;
  /** Whether it came from a device: then it is taken only if the provider says that it was made for this app. */
  readonly fromDevice?: boolean | undefined;
}

/** Takes a token that was made elsewhere. */
export function importToken(
  config: ClientConfig,
  token: string | Token,
  { namespace, name, kind, expiresAt, userId, fromDevice }: ImportedToken = {},
): Operation<Connection> {
  const crossing: Native.Import = {
    token: token instanceof Token ? token.reveal() : token,
    name,
    kind,
    expiresAt: expiresAt === undefined ? undefined : toSeconds(expiresAt),
    fromDevice,
  };
  const held = native.importOperation(nativeConfig(config), crossing, userId, namespace);
  return connecting(unwrap(held), nativeConfig(config).provider);
}

/** Makes sure that an account has a live token, refreshing it if it is due, or `evenIfNotDue`. */
export function keepFresh(
  config: ClientConfig,
  account: AccountKey,
  { namespace = 'default', evenIfNotDue = false }: Where & { readonly evenIfNotDue?: boolean | undefined } = {},
): Operation<Kept> {
  const { provider } = nativeConfig(config);
  const held = unwrap(native.keepFreshOperation(nativeConfig(config), account, namespace, evenIfNotDue));
  return new Operation(held, ({ kept }, now) => {
    const { stored, refreshed, stalled, atRisk, problem } = given(kept);
    const account = new StoredAccount(stored, provider, now);
    return {
      account,
      refreshed,
      stalled,
      ...present('atRisk', maybeDate(atRisk)),
      ...present('problem', told(problem)),
    };
  });
}

/** Remembers what an API's answer says about an account's token. `used` is the token that the call was made with. */
export function report(
  config: ClientConfig,
  account: AccountKey,
  response: ApiAnswer,
  { namespace = 'default', used }: Where & { readonly used?: Token | undefined } = {},
): Operation<Reported> {
  const { provider } = nativeConfig(config);
  const answer = plainAnswer(response);
  const held = native.reportOperation(nativeConfig(config), account, namespace, answer, used && wireOf(used));
  return new Operation(unwrap(held), ({ reported }, now) => {
    const { stored, changed, meaning, failure } = given(reported);
    const account = new StoredAccount(stored, provider, now);
    return { account, changed, ...present('meaning', told(meaning)), ...present('error', told(failure)) };
  });
}

/** Ends an account's token at the provider where that is possible, and removes the account. */
export function logout(
  config: ClientConfig,
  account: AccountKey,
  { namespace = 'default' }: Where = {},
): Operation<LoggedOut> {
  const held = unwrap(native.logoutOperation(nativeConfig(config), account, namespace));
  return new Operation(held, ({ loggedOut }) => loggedOutOf(given(loggedOut)));
}

/**
 * Writes an account that a problem of `Kept` left in memory alone, unless something newer is stored by now; gives what the store
 * holds then.
 */
export function storeAgain(
  config: ClientConfig,
  account: StoredAccount,
  { namespace = 'default' }: Where = {},
): Operation<StoredAccount> {
  const { provider } = nativeConfig(config);
  const held = native.storeAgainOperation(nativeConfig(config), account.held(), namespace);
  return new Operation(held, ({ stored }, now) => new StoredAccount(given(stored), provider, now));
}

function connecting(held: Native.Operation, provider: Native.Provider): Operation<Connection> {
  return new Operation(held, ({ connection }) => connectionOf(given(connection), provider), provider);
}

function giving(what: string, config: ClientConfig, token: Token): Operation<Token> {
  const { provider } = nativeConfig(config);
  return new Operation(about(what, config, token), (done) => makeToken(given(done.token), provider));
}

function about(what: string, config: ClientConfig, token: Token): Native.Operation {
  return unwrap(native.tokenOperation(what, nativeConfig(config), wireOf(token)));
}

/** What an operation of this kind always gives. */
function given<T>(value: T | undefined): T {
  return value as T;
}

function crossing(answer: Answer): Native.StepAnswer {
  const { kind } = answer;
  switch (kind) {
    case 'response':
      return { kind, response: plainAnswer(answer.response) };
    case 'send_failed':
      return { kind, reason: answer.reason };
    case 'loaded':
      return answer.record === undefined ? { kind } : { kind, record: answer.record, count: answer.version ?? 0 };
    case 'leased':
      return { kind, count: answer.fence };
    case 'saved':
      return { kind, count: answer.version };
    case 'store_failed':
      return answer.code === undefined ? { kind } : { kind, reason: answer.code };
    default:
      return { kind };
  }
}
