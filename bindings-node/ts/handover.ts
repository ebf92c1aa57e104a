/** A login that an app and its backend share: the backend holds the app secret and the login, the app has the browser. */

import type { InspectOptions } from 'node:util';
import type { Client } from './client.js';
import { ClientConfig, nativeConfig } from './config.js';
import { unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { makePending, textOf, type AuthorizationRequest, type Grant, type PendingAuthorization } from './pending.js';
import { nativeKeys, type SealKeys } from './seal.js';
import { secondsOrNow, toDate, type Moment } from './time.js';

/** A login that an app handed over, and its grant: for `completeGrant()`. */
export interface TakenOver {
  /** The login that was answered. */
  readonly pending: PendingAuthorization;
  /** What the person granted. */
  readonly grant: Grant;
}

/**
 * What a backend gives its app to begin a login: the address to open in the system's browser, and a handle, which is the login,
 * sealed for the user who is signed in. Both are secrets.
 */
export class HandoverStart {
  readonly #parts: Native.StartParts;

  private constructor(parts: Native.StartParts) {
    this.#parts = parts;
  }

  /** Begins, at the backend: seals what `authorize()` answered for the user who is signed in. */
  static seal(login: AuthorizationRequest, keys: SealKeys, session: string): HandoverStart {
    return new HandoverStart(unwrap(native.sealHandover(login.url, textOf(login.pending), nativeKeys(keys), session)));
  }

  /**
   * Reads what a backend sent. Members that are not known are passed over.
   *
   * @throws {@link ShutterkeyError} `config.unsupported` for another version, `config.invalid` for what is no such start
   */
  static parse(json: string): HandoverStart {
    return new HandoverStart(unwrap(native.readHandoverStart(json)));
  }

  /** The address to open in the system's browser. It carries the state: do not log it. */
  get url(): string {
    return this.#parts.url;
  }

  /** Where the answer will come to. */
  get redirectUri(): string {
    return this.#parts.redirectUri;
  }

  /** Until when its answer is accepted. */
  get expiresAt(): Date {
    return toDate(this.#parts.expiresAt);
  }

  /** All of it as JSON, a secret: what a backend sends, and what an app keeps while the browser is open. */
  toJson(): string {
    return this.#parts.json;
  }

  /**
   * Checks what the browser came back with, as far as an app can, and makes of it what the backend gets.
   *
   * @param options.now when it came; by default now, on the machine's clock
   * @throws {@link ShutterkeyError} of family `redirect` or `denied`
   */
  answer(redirectUrl: string | URL, { now }: { readonly now?: Moment | undefined } = {}): Handover {
    return makeHandover(unwrap(native.answerHandover(this.#parts.json, String(redirectUrl), secondsOrNow(now))));
  }

  /** What may be seen of it: {@link toJson} has all of it. */
  toJSON(): object {
    const { redirectUri, expiresAt } = this;
    return { url: `${this.url.split('?', 1)[0]}?[redacted]`, redirectUri, expiresAt };
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('HandoverStart', { ...this.toJSON() }, depth, options, inspect);
  }
}

let makeHandover: (json: string) => Handover;
/** @internal The whole address that the app's browser came back with. */
export let redirectOf: (handover: Handover) => string;

/** What an app gives its backend to finish a login: the answer, and the handle that it had with the address. */
export class Handover {
  readonly #json: string;

  private constructor(json: string) {
    this.#json = json;
  }

  static {
    makeHandover = (json) => new Handover(json);
    redirectOf = (handover) => (JSON.parse(handover.#json) as { redirect_url: string }).redirect_url;
  }

  /**
   * Reads what an app sent. Members that are not known are passed over.
   *
   * @throws {@link ShutterkeyError} `redirect.malformed` for what is not a hand-over, and for one of another version
   */
  static parse(json: string): Handover {
    return new Handover(unwrap(native.readHandover(json)));
  }

  /** All of it as JSON, a secret: the body of the app's request to its backend. */
  toJson(): string {
    return this.#json;
  }

  /**
   * Opens the handle for the user who is signed in, and accepts the answer with every check.
   *
   * @param options.now when it came; by default now, on the client's clock, or for a configuration on the machine's
   * @throws {@link ShutterkeyError} `redirect.seal_invalid` for a handle that was not made here for this user; otherwise of family
   * `redirect` or `denied`
   */
  accept(
    client: Client | ClientConfig,
    keys: SealKeys,
    session: string,
    options: { readonly now?: Moment | undefined } = {},
  ): TakenOver {
    const config = client instanceof ClientConfig ? client : client.config;
    const now = options.now ?? (client instanceof ClientConfig ? undefined : client.now());
    const at = secondsOrNow(now);
    const opened = native.acceptHandover(this.#json, nativeConfig(config), nativeKeys(keys), session, at);
    const pending = makePending(unwrap(opened));
    return { pending, grant: pending.accept(redirectOf(this), { now: at * 1000, session }) };
  }

  /** What may be seen of it: {@link toJson} has all of it. */
  toJSON(): object {
    return { handle: '[redacted]', redirectUrl: '[redacted]' };
  }

  /** @internal */
  [inspected](): string {
    return 'Handover [redacted]';
  }
}
