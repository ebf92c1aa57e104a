/** Where tokens are kept. */

import type { InspectOptions } from 'node:util';
import { wait, type Waiting } from './abort.js';
import { check } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';

/** @internal */
export let nativeStore: (store: Store) => Native.Store;

/** A place where tokens are kept: a {@link MemoryStore}, a {@link FileStore}, a {@link SealedStore} or a {@link PostgresStore}. */
export abstract class Store {
  readonly #held: Native.Store;

  /** @internal */
  constructor(held: Native.Store) {
    this.#held = held;
  }

  static {
    nativeStore = (store) => store.#held;
  }

  /** Whether it can be written to right now: to be asked before a person is sent to log in. */
  async probe({ signal }: Waiting = {}): Promise<void> {
    check(await wait(() => this.#held.probe(), signal));
  }
}

/** Keeps tokens in this process's memory: they are gone when it ends. */
export class MemoryStore extends Store {
  constructor() {
    super(native.Store.memory());
  }

  /** @internal */
  [inspected](): string {
    return 'MemoryStore {}';
  }
}

/** Keeps tokens in files of a folder that is readable by its owner alone; processes share it. */
export class FileStore extends Store {
  /** The folder. */
  readonly path: string;

  /** The store in this folder, which is opened, and made if it is not there, when it is first needed. */
  constructor(path: string);
  /** @internal */
  constructor(path: string, held: Native.Store);
  constructor(path: string, held = native.Store.file(path)) {
    super(held);
    this.path = path;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('FileStore', { path: this.path }, depth, options, inspect);
  }
}
