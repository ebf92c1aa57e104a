/** What runs beside the answers of this thread's keepers. */

import { native, type Native } from './native.js';

/** How many seconds a process that is done waits for refreshes that run beside its answers. */
const PATIENCE = 5;

let counted: Native.Tasks | undefined;

/** @internal The count of this thread. From its first use on, a process that has nothing else to do waits until it is zero. */
export function tasks(): Native.Tasks {
  if (counted === undefined) {
    const counting = new native.Tasks();
    counted = counting;
    // A refresh that was sent and not stored can cost a login, where refresh tokens rotate.
    process.once('beforeExit', () => {
      if (!counting.idle()) void counting.settled(PATIENCE);
    });
  }
  return counted;
}
