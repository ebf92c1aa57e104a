/** Sealing keys, and the jar of pending logins. */

import type { InspectOptions } from 'node:util';
import { check, unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { makePending, textOf, type PendingAuthorization } from './pending.js';
import { secondsOrNow, type Moment } from './time.js';

/** @internal */
export let nativeKeys: (keys: SealKeys) => Native.SealKeys;

/**
 * A ring of keys: the first seals, all open. To rotate, put a new key in front and drop the last one after the longest life of
 * what it sealed. XChaCha20-Poly1305, with a key per purpose.
 */
export class SealKeys {
  readonly #held: Native.SealKeys;

  private constructor(held: Native.SealKeys) {
    this.#held = held;
  }

  static {
    nativeKeys = (keys) => keys.#held;
  }

  /** A ring of one new key. */
  static generate(): SealKeys {
    return new SealKeys(unwrap(native.SealKeys.generate()));
  }

  /**
   * Reads keys as `serialize()` and `shutterkey keygen` write them, separated by commas or white space; the first one seals.
   *
   * @throws {@link ShutterkeyError} `config.seal_key`
   */
  static parse(text: string): SealKeys {
    return new SealKeys(unwrap(native.SealKeys.parse(text)));
  }

  /** The ring with a newer one's keys in front, which seal from now on. */
  rotated(newer: SealKeys): SealKeys {
    return new SealKeys(this.#held.rotated(newer.#held));
  }

  /** The ring as text, a secret: for a secret store, never for a log. */
  serialize(): string {
    return this.#held.serialize();
  }

  /** @internal */
  [inspected](): string {
    return 'SealKeys [redacted]';
  }
}

/**
 * The pending logins of one browser in one cookie: `Cookie` header in, `Set-Cookie` value out. Two tabs can log in at once; the
 * newest eight stay.
 */
export class PendingJar {
  readonly #held: Native.PendingJar;
  readonly #keys: SealKeys;

  /**
   * Reads the jar from a `Cookie` header. One that is missing, expired, foreign or damaged is an empty jar.
   *
   * @param options.secure false only for a site on http://localhost
   */
  constructor(
    cookie: string | null | undefined,
    keys: SealKeys,
    options: { readonly now?: Moment | undefined; readonly secure?: boolean | undefined } = {},
  ) {
    const { now, secure = true } = options;
    this.#keys = keys;
    this.#held = native.PendingJar.read(cookie, nativeKeys(keys), secondsOrNow(now), secure);
  }

  /** Puts a login in front. */
  add(pending: PendingAuthorization): void {
    check(this.#held.add(textOf(pending)));
  }

  /**
   * The login that a callback's raw query belongs to, by its state. It stays in the jar until it is removed: a wrong answer must
   * not cancel it.
   *
   * @throws {@link ShutterkeyError} `redirect.state_mismatch`, …
   */
  find(query: string): PendingAuthorization {
    return makePending(unwrap(this.#held.find(query)));
  }

  /** Takes out a login that is completed, or was denied. */
  remove(pending: PendingAuthorization | string): void {
    this.#held.remove(typeof pending === 'string' ? pending : pending.handle);
  }

  /** How many logins are pending. */
  get size(): number {
    return this.#held.size;
  }

  /** The value of a `Set-Cookie` header that stores the jar as it is now. */
  toSetCookie(now?: Moment): string {
    return unwrap(this.#held.toSetCookie(nativeKeys(this.#keys), secondsOrNow(now)));
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('PendingJar', { size: this.size }, depth, options, inspect);
  }
}
