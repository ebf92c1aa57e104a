/** The keeper. */

import type { InspectOptions } from 'node:util';
import { wait, type Waiting } from './abort.js';
import {
  connectionOf,
  keyOf,
  loggedOutOf,
  StoredAccount,
  type AccountKey,
  type AppScopedId,
  type Connection,
  type LoggedOut,
  type Unbranded,
  type UserId,
} from './account.js';
import { answerOf, type ApiAnswer } from './answer.js';
import { Client, partsOf, type AuthorizeOptions, type ClientOptions, type ClientParts } from './client.js';
import { ClientConfig, settingsOf, type Settings } from './config.js';
import { check, nativeResumable, unwrap, type Resumable } from './errors.js';
import { Events, Sleepers } from './events.js';
import { importMany, run, type FleetCounts, type ImportManyOptions, type ImportReport, type Lines, type RunOptions } from './fleet.js';
import { storeOf, type CustomStore } from './host_store.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { accountsOf, type InstagramAccounts } from './instagram.js';
import { native, type Native } from './native.js';
import { takeGrant, type AuthorizationRequest, type Grant, type PendingAuthorization } from './pending.js';
import { profileStore } from './profile.js';
import type { Store } from './store.js';
import { tasks } from './tasks.js';
import { toSeconds, type Moment } from './time.js';
import { makeToken, Token, type TokenKind } from './token.js';

/** How a keeper works. */
export interface KeeperTuning {
  /** The caller's own namespace in the store, such as a tenant; `default`. */
  readonly namespace?: string | undefined;
  /** How many seconds an account is answered from memory before the store is asked again; 30. */
  readonly reread?: number | undefined;
  /** How many accounts are kept in memory; 10,000. Those beyond it are read again. */
  readonly capacity?: number | undefined;
}

/** What a keeper is made of. */
export interface KeeperOptions extends KeeperTuning {
  /** Whose accounts it keeps. */
  readonly client: Client | ClientConfig;
  /** Where it keeps them. */
  readonly store: Store | CustomStore;
}

/** What is known of a token that was made elsewhere. */
export interface ImportOptions extends Waiting {
  /** The caller's own name for the account. */
  readonly name?: string | undefined;
  /** What it is; `long` by default, as the dashboard's *Generate token* makes. */
  readonly kind?: TokenKind | undefined;
  /** When it expires; by default unknown, and one refresh tells. */
  readonly expiresAt?: Moment | undefined;
  /**
   * Whether it came from a device, or from anybody else whose word does not count. Then it is taken only if the provider says that
   * it was made for this app (Facebook's `debug_token`); where the provider does not say, devices hand in codes.
   */
  readonly fromDevice?: boolean | undefined;
}

/** How a login is completed. */
export interface CompleteOptions extends Waiting {
  /** The caller's own name for the account. */
  readonly name?: string | undefined;
}

/** An account: by the caller's own name, by its user id, or by its key. */
export type AccountName = Unbranded<UserId> | AccountKey;

/** @internal */
export let nativeKeeper: (keeper: Keeper) => Native.Keeper;

/** Keeps the tokens of one client's accounts alive: a token that was got once simply goes on working. */
export class Keeper {
  /** The client. */
  readonly client: Client;
  /** The store. */
  readonly store: Store | CustomStore;
  /** The namespace in the store. */
  readonly namespace: string;
  readonly #held: Native.Keeper;
  readonly #fresh: (name: string) => string | null;
  readonly #sleepers: Sleepers;
  readonly #parts: ClientParts;

  /** A keeper of this client's accounts in this store. */
  constructor({ client, store, namespace = 'default', reread, capacity }: KeeperOptions) {
    this.client = client instanceof ClientConfig ? new Client(client) : client;
    this.store = store;
    this.namespace = namespace;
    this.#parts = partsOf(this.client);
    const held = storeOf(store);
    this.#held = new native.Keeper(this.#parts.held, held, tasks(), { namespace, reread, capacity });
    this.#fresh = this.#held.fresh();
    this.#sleepers = new Sleepers(this.#held);
  }

  static {
    nativeKeeper = (keeper) => keeper.#held;
  }

  /**
   * A keeper of the shared profile, in the store that `shutterkey login` wrote. Settings that are given stand over the profile.
   *
   * @throws {@link ShutterkeyError} of family `config` or `store`
   */
  static async fromEnv(options: ClientOptions & KeeperTuning & Settings = {}): Promise<Keeper> {
    const { clock, fetch, namespace = 'default', reread, capacity, ...settings } = options;
    const opened = unwrap(await unwrap(native.ProfileToOpen.read(...settingsOf(settings))).open(namespace));
    const client = new Client(new ClientConfig(opened.config), { clock, fetch });
    return new Keeper({ client, store: profileStore(opened), namespace, reread, capacity });
  }

  /** Begins a login: the URL to open in the person's browser, and what to keep until the answer comes. */
  authorize(options?: AuthorizeOptions): AuthorizationRequest {
    return this.client.authorize(options);
  }

  /**
   * Completes a login from its redirect URL and stores the account. What is received is saved as soon as it is received. Two
   * callbacks of one login at once get the same result; a later one gets `redirect.state_used`.
   *
   * @throws {@link ShutterkeyError} whose `resumable` finishes the login, where its code is spent
   */
  async complete(
    pending: PendingAuthorization,
    redirectUrl: string | URL,
    options: CompleteOptions = {},
  ): Promise<Connection> {
    return this.completeGrant(pending, pending.accept(redirectUrl, { now: this.client.now() }), options);
  }

  /** The same for a grant that was accepted before: with a session, from a query, or pasted. */
  async completeGrant(
    pending: PendingAuthorization,
    grant: Grant,
    { name, signal }: CompleteOptions = {},
  ): Promise<Connection> {
    const parts = await this.#wait(signal, () => this.#held.complete(takeGrant(grant, pending), name));
    return connectionOf(unwrap(parts, this.#parts.provider), this.#parts.provider);
  }

  /** Finishes a login whose code is spent and whose later step failed. */
  async resume(resumable: Resumable, { signal }: Waiting = {}): Promise<Connection> {
    const parts = await this.#wait(signal, () => this.#held.resume(nativeResumable(resumable)));
    return connectionOf(unwrap(parts, this.#parts.provider), this.#parts.provider);
  }

  /**
   * Takes a token that was made elsewhere, such as by the dashboard's *Generate token*, asks the provider whose it is and stores
   * the account.
   *
   * @throws {@link ShutterkeyError} `token.wrong_app` for a device's token that was not made for this app
   */
  async importToken(token: string | Token, options: ImportOptions = {}): Promise<Connection> {
    const { name, kind, expiresAt, fromDevice, signal } = options;
    const given: Native.Import = {
      token: token instanceof Token ? token.reveal() : token,
      name,
      kind,
      expiresAt: expiresAt === undefined ? undefined : toSeconds(expiresAt),
      fromDevice,
    };
    const parts = await this.#wait(signal, () => this.#held.importToken(given));
    return connectionOf(unwrap(parts, this.#parts.provider), this.#parts.provider);
  }

  /**
   * Takes in the accounts of a fleet: a line of NDJSON each, from a path, a stream, or any iterable of lines, which may be
   * asynchronous. A line is an object with `user_id` and `access_token`, and what else is known: `name`, `kind`, `issued_at`,
   * `expires_at` and `data_access_until` (seconds since 1970), `scopes`, `refresh_token`, `app_scoped_id`, `username`.
   *
   * The provider is not asked: whoever has the file vouches for it. A line that cannot be taken is reported, and the others are.
   * Again, it changes nothing, so an import that was cut short is simply begun again.
   *
   * @throws {@link ShutterkeyError} of family `store`, once the store fails: what was taken in before stays
   */
  async importMany(source: Lines, options: ImportManyOptions = {}): Promise<ImportReport> {
    this.#parts.clock.tick();
    return importMany(this.#held, source, options);
  }

  /**
   * Keeps every account of this client in the store alive: claims what is due, refreshes it evenly below a rate, slower when the
   * provider's usage headers say that the app's limit nears, and looks again every 30 seconds. Any number of processes and machines
   * do so over one store, and each account is refreshed by one of them.
   *
   * It ends by its signal, gracefully, with the counts; with `once`, when nothing is due any more. What became of each account is an
   * event as ever. A store that fails is asked again after a pause; with `once`, it throws.
   */
  async run(options: RunOptions = {}): Promise<FleetCounts> {
    return run(this.#held, this.#parts.clock, options);
  }

  /**
   * A live token of the account. From memory while it is fresh; refreshed beside the answer when it is due, and only near its end
   * does a caller wait. One refresh serves all callers.
   *
   * @throws {@link ShutterkeyError} `account.not_found`, `account.needs_login`, `account.checkpoint`
   */
  async token(account: AccountName, { signal }: Waiting = {}): Promise<Token> {
    const name = nameOf(account);
    const fresh = this.freshToken(name);
    if (fresh) return fresh;
    return this.#token(await this.#wait(signal, () => this.#held.token(name)));
  }

  /** The account's token if it is in memory and nothing has to be done for it. `undefined` says nothing about the account. */
  freshToken(account: AccountName): Token | undefined {
    this.#parts.clock.tick();
    const wire = this.#fresh(nameOf(account));
    return wire === null ? undefined : makeToken(wire, this.#parts.provider);
  }

  /**
   * Refreshes now, although it may not be due. The provider's rules hold: younger than 24 hours throws `token.too_young`.
   */
  async refresh(account: AccountName, { signal }: Waiting = {}): Promise<Token> {
    return this.#token(await this.#wait(signal, () => this.#held.refresh(nameOf(account))));
  }

  /**
   * Tells the keeper what an API answered to a call with the account's token. A `Response` can still be read afterwards.
   *
   * @throws {@link ShutterkeyError} what the answer means when it is not a success: `account.needs_login` when the token is
   * dead, which is remembered
   */
  async report(account: AccountName, response: Response | ApiAnswer, { signal }: Waiting = {}): Promise<void> {
    const answer = await wait(() => answerOf(response), signal);
    check(await this.#wait(signal, () => this.#held.report(nameOf(account), answer)));
  }

  /** One account as the store has it. */
  async account(account: AccountName, { signal }: Waiting = {}): Promise<StoredAccount> {
    return this.#stored(unwrap(await this.#wait(signal, () => this.#held.account(nameOf(account)))));
  }

  /** This client's accounts in the store, ordered by key. */
  async accounts({ signal }: Waiting = {}): Promise<StoredAccount[]> {
    const records = unwrap(await this.#wait(signal, () => this.#held.accounts()));
    return records.map((record) => this.#stored(record));
  }

  /** The account that a deauthorize or data-deletion callback is about. */
  async findAppScoped(id: Unbranded<AppScopedId>, { signal }: Waiting = {}): Promise<AccountKey | undefined> {
    const key = unwrap(await this.#wait(signal, () => this.#held.findAppScoped(id)));
    return key && keyOf(key);
  }

  /** The Instagram accounts that the account's token leads to; an empty answer has a reason. */
  async instagramAccounts(account: AccountName, { signal }: Waiting = {}): Promise<InstagramAccounts> {
    const parts = await this.#wait(signal, () => this.#held.instagramAccounts(nameOf(account)));
    return accountsOf(unwrap(parts), this.#parts.provider);
  }

  /** Ends the account's token at the provider where that is possible, and removes the account. */
  async logout(account: AccountName, { signal }: Waiting = {}): Promise<LoggedOut> {
    return loggedOutOf(unwrap(await this.#wait(signal, () => this.#held.logout(nameOf(account)))));
  }

  /** Drops an account from memory; the store keeps it. */
  forget(account: AccountName): void {
    this.#held.forget(nameOf(account));
  }

  /** What happens beside the answers: refreshes, failures of refreshes, accounts that need a login. */
  events(options?: Waiting): Events {
    return new Events(this.#held, this.#sleepers, options);
  }

  /** Waits until everything that runs beside the answers of this thread's keepers has ended. */
  async settle({ signal }: Waiting = {}): Promise<void> {
    await wait(() => tasks().settled(), signal);
  }

  /** As `settle()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.settle();
  }

  #wait<T>(signal: AbortSignal | undefined, begin: () => Promise<T>): Promise<T> {
    this.#parts.clock.tick();
    return wait(begin, signal);
  }

  #token(outcome: string | Native.Failure): Token {
    return makeToken(unwrap(outcome), this.#parts.provider);
  }

  #stored(record: Native.StoredAccount): StoredAccount {
    return new StoredAccount(record, this.#parts.provider, toSeconds(this.client.now()));
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { client, store, namespace } = this;
    return shown('Keeper', { client, store, namespace }, depth, options, inspect);
  }
}

function nameOf(account: AccountName): string {
  return typeof account === 'string' ? account : account.userId;
}
