/** What happens beside a keeper's answers. */

import type { Waiting } from './abort.js';
import { keyOf, type AccountKey } from './account.js';
import { told, type ShutterkeyError } from './errors.js';
import type { Native } from './native.js';
import { maybeDate, toDate } from './time.js';

/** Something that happened to an account. */
export interface KeeperEvent {
  /**
   * What happened: the token was refreshed; a refresh failed and the token lives; the store could not be read; a refreshed token
   * could not be stored; a refresh did not move the expiry; the token will not live for long (`until`) and was not or cannot be
   * refreshed; there is no live token any more; the person has to do something first; or a token works again after that.
   */
  readonly kind:
    | 'refreshed'
    | 'refresh_failed'
    | 'store_failed'
    | 'unsaved'
    | 'stalled'
    | 'at_risk'
    | 'needs_login'
    | 'blocked'
    | 'recovered';
  /** The account. */
  readonly account: AccountKey;
  /** Why, where something went wrong. */
  readonly error?: ShutterkeyError;
  /** Until when the token lives, of an account at risk. */
  readonly until?: Date;
  /** When. */
  readonly at: Date;
}

/**
 * A bounded queue that is pulled; one reader gets each event. `for await` waits for the next one, for ever, or until its signal
 * says not to. Waiting does not keep a process alive that has nothing else to do.
 */
export class Events implements AsyncIterable<KeeperEvent> {
  readonly #keeper: Native.Keeper;
  readonly #signal: AbortSignal | undefined;
  readonly #sleepers: Sleepers;

  /** @internal */
  constructor(keeper: Native.Keeper, sleepers: Sleepers, { signal }: Waiting = {}) {
    this.#keeper = keeper;
    this.#sleepers = sleepers;
    this.#signal = signal;
  }

  /** The next event, if there is one. */
  tryNext(): KeeperEvent | undefined {
    const parts = this.#keeper.nextEvent();
    if (!parts) return undefined;
    const error = told(parts.error);
    const until = maybeDate(parts.until);
    return {
      kind: parts.kind as KeeperEvent['kind'],
      account: keyOf(parts.account),
      ...(error && { error }),
      ...(until && { until }),
      at: toDate(parts.at),
    };
  }

  /** The next event; waits until there is one. Giving up loses none. */
  async next({ signal = this.#signal }: Waiting = {}): Promise<KeeperEvent> {
    for (;;) {
      signal?.throwIfAborted();
      const event = this.tryNext();
      if (event) return event;
      await this.#sleepers.sleep(signal);
    }
  }

  /** Event by event. */
  async *[Symbol.asyncIterator](): AsyncGenerator<KeeperEvent, never, void> {
    for (;;) yield await this.next();
  }
}

/** @internal Who waits for an event of a keeper. However many they are and however often they give up, the keeper is asked once. */
export class Sleepers {
  readonly #keeper: Native.Keeper;
  readonly #waking = new Set<() => void>();
  #asked = false;

  constructor(keeper: Native.Keeper) {
    this.#keeper = keeper;
  }

  sleep(signal: AbortSignal | undefined): Promise<void> {
    return new Promise((resolve, reject) => {
      const wake = (): void => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const stop = (): void => {
        this.#waking.delete(wake);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', stop, { once: true });
      this.#waking.add(wake);
      this.#ask();
    });
  }

  #ask(): void {
    if (this.#asked) return;
    this.#asked = true;
    this.#keeper.onEvent(() => {
      this.#asked = false;
      const waking = [...this.#waking];
      this.#waking.clear();
      for (const wake of waking) wake();
    });
  }
}
