/** Stores whose records are sealed before they reach them. */

import type { InspectOptions } from 'node:util';
import { wait, type Waiting } from './abort.js';
import { keepCause, wordsOf } from './causes.js';
import { misuse, ShutterkeyError, unwrap } from './errors.js';
import { storeOf, type CustomStore } from './host_store.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { nativeKeys, SealKeys } from './seal.js';
import { Store } from './store.js';
import { secondsOrNow, type Moment } from './time.js';

/**
 * A KMS or a vault in place of `SealKeys`: encrypts and authenticates. `context` is authenticated and not stored: what was
 * sealed with another one must not open. Called once a read and once a write of a store.
 *
 * What it throws becomes a `cause`: of `store.unavailable` where it is a failure of the network (an error with a system's code such
 * as `ECONNREFUSED`, a failed `fetch`, a timeout), otherwise of `store.seal_invalid` for `open` and `config.seal_key` for `seal`.
 */
export interface RecordSealer {
  /** Seals a record. */
  seal(context: string, plain: Uint8Array): string | PromiseLike<string>;
  /** Opens what `seal` made in the same context. */
  open(context: string, sealed: string): Uint8Array | PromiseLike<Uint8Array>;
}

/** Who seals the records of a store: one of the two. */
export interface SealingOptions {
  /** A ring of keys, or the text that `shutterkey keygen` prints. */
  readonly sealKeys?: SealKeys | string | undefined;
  /** A sealer of the caller's own. */
  readonly sealer?: RecordSealer | undefined;
}

/** How records are sealed anew. */
export interface ResealOptions extends Waiting {
  /** Keys that begin with this alone; by default all. */
  readonly prefix?: string | undefined;
  /** Records that are not sealed at all are sealed, too: for the one pass after a store got its first key. */
  readonly sealPlain?: boolean | undefined;
  /** The present; by default the machine's. */
  readonly now?: Moment | undefined;
}

/** What a pass that seals records anew has done. */
export interface Resealed {
  /** How many were sealed anew. */
  readonly resealed: number;
  /** How many the key that seals now had sealed before. */
  readonly current: number;
  /** How many were passed over, since somebody else has them at the moment. */
  readonly busy: number;
  /** Those that cannot be opened, and are left as they are. */
  readonly unreadable: readonly { readonly key: string; readonly error: ShutterkeyError }[];
  /** Whether every record is sealed with the present key now. */
  readonly isComplete: boolean;
}

/**
 * Any store, with records sealed on the way in and opened on the way out: the store never sees a token. Keys of records, `dueAt` and
 * `forgetAt` stay in plain sight.
 */
export class SealedStore<S extends Store | CustomStore = Store | CustomStore> extends Store {
  /** The store below, which holds the sealed records. */
  readonly store: S;
  readonly #held: Native.Sealed;

  /** @throws {@link ShutterkeyError} `config.seal_key` */
  constructor(store: S, options: SealingOptions) {
    const sealing = sealingOf(options);
    if (!sealing) throw misuse('A sealed store needs sealKeys or a sealer.');
    const held = new native.Sealed(storeOf(store), sealing);
    super(held.store());
    this.store = store;
    this.#held = held;
  }

  /**
   * Seals anew, with the key that seals now, every record that another key sealed. Each is leased meanwhile, so that no refresh
   * is disturbed; one that somebody has is passed over. Repeat it until `isComplete`, then take the old key out.
   */
  async reseal(options: ResealOptions = {}): Promise<Resealed> {
    return resealed(this.#held, options);
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('SealedStore', { store: this.store }, depth, options, inspect);
  }
}

/** @internal */
export async function resealed(held: Native.Sealed | Native.Postgres, options: ResealOptions): Promise<Resealed> {
  const { prefix = '', sealPlain = false, now, signal } = options;
  const done = unwrap(await wait(() => held.reseal(prefix, sealPlain, secondsOrNow(now)), signal));
  const unreadable = done.unreadable.map(({ key, error }) => ({ key, error: new ShutterkeyError(error, undefined) }));
  return { ...done, unreadable };
}

/** @internal */
export function sealingOf({ sealKeys, sealer }: SealingOptions): Native.Sealing | undefined {
  if (sealKeys !== undefined && sealer !== undefined) throw misuse('Give either sealKeys or a sealer, not both.');
  if (sealKeys !== undefined) {
    return native.Sealing.keys(nativeKeys(typeof sealKeys === 'string' ? SealKeys.parse(sealKeys) : sealKeys));
  }
  return sealer && native.Sealing.host(hostOfSealer(sealer));
}

function hostOfSealer(sealer: RecordSealer): Native.Host {
  if (typeof sealer.seal !== 'function' || typeof sealer.open !== 'function') {
    throw new TypeError('A sealer is an object with seal() and open().');
  }
  const host: Native.Host = new native.Host((question) => {
    void answer(sealer, question).then((answered) => host.answer(question.number, answered));
  });
  return host;
}

async function answer(sealer: RecordSealer, question: Native.Question): Promise<Native.Answer> {
  const { what, name: context, bytes = new Uint8Array() } = question;
  try {
    if (what === 'seal') return { bytes: new TextEncoder().encode(await sealer.seal(context, bytes)) };
    return { bytes: await sealer.open(context, new TextDecoder().decode(bytes)) };
  } catch (error) {
    const secrets = what === 'seal' ? wordsOf(new TextDecoder().decode(bytes)) : [];
    return { failure: failureOf(error), behind: keepCause(error, secrets) };
  }
}

function failureOf(error: unknown): string {
  if (error instanceof ShutterkeyError) return error.code;
  if (!(error instanceof Error)) return 'Error';
  const { code } = error as { code?: unknown };
  // Such as undici's, whose cause has the code.
  const fetched = error instanceof TypeError && error.message === 'fetch failed';
  const away = fetched || error.name === 'TimeoutError' || (typeof code === 'string' && /^E[A-Z_]+$/.test(code));
  return away ? 'store.unavailable' : error.name;
}
