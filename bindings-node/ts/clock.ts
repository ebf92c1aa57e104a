/** Where the present comes from. */

import type { InspectOptions } from 'node:util';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { secondsOrNow, toDate, toSeconds, type Moment } from './time.js';

/** A clock: a {@link ManualClock}, a sandbox's, a function such as `Date.now`, or an object with `now()`. */
export type ClockLike = ManualClock | (() => Moment) | { now(): Moment };

let heldBy: (clock: ManualClock) => Native.Clock;

/** A clock that stands still until it is moved, for tests. */
export class ManualClock {
  readonly #held: Native.Clock;

  /** A clock that stands at `now`; by default at the machine's present. */
  constructor(now?: Moment) {
    this.#held = native.Clock.manual(secondsOrNow(now));
  }

  static {
    heldBy = (clock) => clock.#held;
  }

  /** Moves by a number of seconds; backwards if it is negative. */
  advance(seconds: number): void {
    if (!Number.isFinite(seconds)) throw new RangeError('A clock moves by a number of seconds.');
    this.#held.advance(seconds);
  }

  /** Moves to a moment, forwards or backwards. */
  set(now: Moment): void {
    this.#held.set(toSeconds(now));
  }

  /** The moment it stands at. */
  now(): Date {
    return toDate(this.#held.now());
  }

  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('ManualClock', { now: this.now() }, depth, options, inspect);
  }
}

/** @internal A clock as the native part has it. */
export interface Ticking {
  readonly held: Native.Clock;
  /** Called before each call into the native part: it cannot ask JavaScript by itself, least of all from its own threads. */
  tick(): void;
}

/** @internal */
export function clockOf(given: ClockLike | undefined): Ticking {
  if (given === undefined) return { held: native.Clock.system(), tick() {} };
  if (given instanceof ManualClock) return { held: heldBy(given), tick() {} };
  const ask = typeof given === 'function' ? given : () => given.now();
  // A clock that fails is better found now than in the middle of a refresh.
  const held = native.Clock.manual(toSeconds(ask()));
  return { held, tick: () => held.set(toSeconds(ask())) };
}
