/** Waiting for what a fleet does. */

import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';

/** Waits until this is so. */
export async function until(said: () => boolean): Promise<void> {
  for (const end = Date.now() + 30_000; !said(); await sleep(10)) assert.ok(Date.now() < end, 'it did not come to be');
}

/** Whether a promise is settled within so many milliseconds. */
export async function finished(work: Promise<unknown>, within: number): Promise<boolean> {
  const open = Symbol('open');
  return (await Promise.race([work, sleep(within, open)])) !== open;
}
