/** Stores that are objects of the caller's. */

import { keepCause, wordsOf } from './causes.js';
import { ShutterkeyError } from './errors.js';
import { native, type Native } from './native.js';
import { nativeStore, Store } from './store.js';
import { maybeDate, toDate, toSeconds, type Moment } from './time.js';

/** A record as a store keeps it. The bytes hold a token; the rest is for the store to search by. */
export interface StoreRecord {
  /** JSON that a store need not understand. */
  readonly bytes: Uint8Array;
  /** When the keeper wants to see it. */
  readonly dueAt?: Date | undefined;
  /** From when on it is as if it were not there. */
  readonly forgetAt?: Date | undefined;
}

/** What `load` answers: a record with its version, which each write makes another one. */
export interface StoredRecord {
  /** As it was saved. */
  readonly bytes: Uint8Array;
  /** A whole number. */
  readonly version: number;
  /** As it was saved. */
  readonly dueAt?: Moment | null | undefined;
  /** As it was saved. */
  readonly forgetAt?: Moment | null | undefined;
}

/**
 * A store of the caller's: a database behind these methods. It promises four things: a write replaces only the version that it
 * expects, a write under an earlier lease than the last one is refused, a lease has one holder at a time and frees itself, and
 * what was written is read back whole or not at all. What it throws becomes the `cause` of `store.unavailable`.
 */
export interface CustomStore {
  /** The record under a key, unless it is past its `forgetAt`. */
  load(key: string, options: { readonly now: Date }): Promise<StoredRecord | null | undefined>;
  /**
   * Writes if the present version is `expected` (`undefined`: there is no record) and no later lease than `fence` was given out
   * for the key. Answers the new version; nothing at a conflict. Durable when it answers.
   */
  save(
    key: string,
    record: StoreRecord,
    options: { readonly expected?: number | undefined; readonly fence?: number | undefined; readonly now: Date },
  ): Promise<number | null | undefined>;
  /** Removes a record if it still has this version; answers whether it did. */
  delete(key: string, options: { readonly expected: number }): Promise<boolean>;
  /** Takes the lease of a key for `ttl` seconds and answers its fence, higher than any before; nothing if somebody has it. */
  lease(key: string, options: { readonly ttl: number; readonly now: Date }): Promise<number | null | undefined>;
  /** Gives a lease back. One that somebody else has by now is left alone. */
  release(key: string, options: { readonly fence: number }): Promise<void>;
  /** Keys that begin with `prefix`, in order, after `after`, at most `limit`; with `dueBefore`, those that are due before it. */
  list(options: {
    readonly prefix: string;
    readonly dueBefore?: Date | undefined;
    readonly after?: string | undefined;
    readonly limit: number;
  }): Promise<Iterable<{ readonly key: string; readonly dueAt?: Moment | null | undefined }>>;
  /** Throws if it cannot be written to right now. */
  probe(): Promise<void>;
}

const METHODS = ['load', 'save', 'delete', 'lease', 'release', 'list', 'probe'] as const;

/** @internal */
export function storeOf(store: Store | CustomStore): Native.Store {
  return store instanceof Store ? nativeStore(store) : native.Store.host(hostOfStore(store));
}

function hostOfStore(store: CustomStore): Native.Host {
  for (const method of METHODS) {
    if (typeof (store as Partial<CustomStore> | undefined)?.[method] !== 'function') {
      throw new TypeError(`A store is one of shutterkey's or an object with ${METHODS.join(', ')}; no ${method}().`);
    }
  }
  const host: Native.Host = new native.Host((question) => {
    void answer(store, question).then((answered) => host.answer(question.number, answered));
  });
  return host;
}

async function answer(store: CustomStore, question: Native.Question): Promise<Native.Answer> {
  try {
    return await ask(store, question);
  } catch (error) {
    const secrets = question.bytes ? wordsOf(new TextDecoder().decode(question.bytes)) : [];
    const failure = error instanceof ShutterkeyError ? error.code : error instanceof Error ? error.name : 'Error';
    return { failure, behind: keepCause(error, secrets) };
  }
}

async function ask(store: CustomStore, question: Native.Question): Promise<Native.Answer> {
  const { what, name: key } = question;
  const now = toDate(question.now ?? 0);
  switch (what as (typeof METHODS)[number]) {
    case 'load': {
      const stored = await store.load(key, { now });
      if (!stored) return {};
      return { bytes: stored.bytes, count: stored.version, ...moments(stored) };
    }
    case 'save': {
      const { expected, fence, bytes = new Uint8Array() } = question;
      const record = { bytes, dueAt: maybeDate(question.dueAt), forgetAt: maybeDate(question.forgetAt) };
      return counted(await store.save(key, record, { expected, fence, now }));
    }
    case 'delete': {
      const expected = question.expected ?? 0;
      return counted((await store.delete(key, { expected })) ? expected : undefined);
    }
    case 'lease':
      return counted(await store.lease(key, { ttl: question.length ?? 0, now }));
    case 'release':
      await store.release(key, { fence: question.fence ?? 0 });
      return {};
    case 'list': {
      const { after, limit = 0 } = question;
      const dueBefore = maybeDate(question.dueBefore);
      const listed = await store.list({ prefix: key, dueBefore, after, limit });
      return { listed: Array.from(listed, (entry) => ({ key: entry.key, ...moments(entry) })) };
    }
    case 'probe':
      await store.probe();
      return {};
  }
}

function counted(count: number | null | undefined): Native.Answer {
  return count === null || count === undefined ? {} : { count };
}

function moments(given: {
  readonly dueAt?: Moment | null | undefined;
  readonly forgetAt?: Moment | null | undefined;
}): { dueAt?: number; forgetAt?: number } {
  const { dueAt, forgetAt } = given;
  return {
    ...(dueAt !== null && dueAt !== undefined && { dueAt: toSeconds(dueAt) }),
    ...(forgetAt !== null && forgetAt !== undefined && { forgetAt: toSeconds(forgetAt) }),
  };
}
