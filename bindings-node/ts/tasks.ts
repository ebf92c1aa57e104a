/** What runs beside the answers of this thread's keepers. */

import { native, type Native } from './native.js';

/** How many seconds a process that is done waits, at most, for refreshes that run beside its answers. */
const PATIENCE = 5;

let counted: Native.Tasks | undefined;

/** @internal The count of this thread. From its first use on, a process that has nothing else to do waits until it is zero. */
export function tasks(): Native.Tasks {
  counted ??= waitedFor(new native.Tasks());
  return counted;
}

function waitedFor(counting: Native.Tasks): Native.Tasks {
  let patience = PATIENCE;
  // A refresh that was sent and not stored can cost a login, where refresh tokens rotate. What others do at the end of a process
  // may begin another one; then this is called again.
  process.on('beforeExit', () => {
    if (counting.idle()) patience = PATIENCE;
    else if (patience > 0) void settled();
  });
  const settled = async (): Promise<void> => {
    const began = performance.now();
    await counting.settled(patience);
    patience -= (performance.now() - began) / 1000;
  };
  return counting;
}
