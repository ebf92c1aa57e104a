/** What happens beside a keeper's answers. */

import { wait, type Waiting } from './abort.js';
import { keyOf, type AccountKey } from './account.js';
import { told, type ShutterkeyError } from './errors.js';
import type { Native } from './native.js';
import { toDate } from './time.js';

/** Something that happened to an account. */
export interface KeeperEvent {
  /**
   * What happened: the token was refreshed; a refresh failed and the token lives; the store could not be read; a refreshed token
   * could not be stored; a refresh did not move the expiry; there is no live token any more; the person has to do something
   * first; or a token works again after that.
   */
  readonly kind:
    | 'refreshed'
    | 'refresh_failed'
    | 'store_failed'
    | 'unsaved'
    | 'stalled'
    | 'needs_login'
    | 'blocked'
    | 'recovered';
  /** The account. */
  readonly account: AccountKey;
  /** Why, where something went wrong. */
  readonly error?: ShutterkeyError;
  /** When. */
  readonly at: Date;
}

/**
 * A bounded queue that is pulled; one reader gets each event. `for await` waits for the next one, for ever. Waiting does not keep
 * a process alive that has nothing else to do.
 */
export class Events implements AsyncIterable<KeeperEvent> {
  readonly #keeper: Native.Keeper;

  /** @internal */
  constructor(keeper: Native.Keeper) {
    this.#keeper = keeper;
  }

  /** The next event, if there is one. */
  tryNext(): KeeperEvent | undefined {
    const parts = this.#keeper.nextEvent();
    if (!parts) return undefined;
    const error = told(parts.error);
    return {
      kind: parts.kind as KeeperEvent['kind'],
      account: keyOf(parts.account),
      ...(error && { error }),
      at: toDate(parts.at),
    };
  }

  /** The next event; waits until there is one. Giving up loses none. */
  async next({ signal }: Waiting = {}): Promise<KeeperEvent> {
    for (;;) {
      const event = this.tryNext();
      if (event) return event;
      await wait(() => new Promise<void>((resolve) => this.#keeper.onEvent(resolve)), signal);
    }
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<KeeperEvent, never, void> {
    for (;;) yield await this.next();
  }
}
