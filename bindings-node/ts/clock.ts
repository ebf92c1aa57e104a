/** Where the present comes from. */

import type { InspectOptions } from 'node:util';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { secondsOrNow, toDate, toSeconds, type Moment } from './time.js';

/** A clock: a {@link ManualClock}, a sandbox's, a function such as `Date.now`, or an object with `now()`. */
export type ClockLike = MovableClock | (() => Moment) | { now(): Moment };

let heldBy: (clock: MovableClock) => Native.Clock;

/** What clocks that can be moved have in common. */
export abstract class MovableClock {
  readonly #held: Native.Clock;

  /** @internal */
  constructor(held: Native.Clock) {
    this.#held = held;
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

  /** The present, in whole seconds. */
  now(): Date {
    return toDate(this.#held.now());
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown(this.constructor.name, { now: this.now() }, depth, options, inspect);
  }
}

/** A clock that stands still until it is moved, for tests. */
export class ManualClock extends MovableClock {
  /** A clock that stands at `now`; by default at the machine's present. */
  constructor(now?: Moment) {
    super(native.Clock.manual(secondsOrNow(now)));
  }
}

/** A sandbox's clock: it runs with the machine's, and can be moved or stopped. The sandbox's clients follow it. */
export class SandboxClock extends MovableClock {
  readonly #own: Native.Clock;

  /** @internal */
  constructor(held: Native.Clock) {
    super(held);
    this.#own = held;
  }

  /** Stops it at its present moment. */
  freeze(): void {
    this.#own.freeze(true);
  }

  /** Lets it run again from the moment at which it stands. */
  unfreeze(): void {
    this.#own.freeze(false);
  }

  /** Whether it stands still. */
  get isFrozen(): boolean {
    return this.#own.isFrozen;
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
  if (given instanceof MovableClock) return { held: heldBy(given), tick() {} };
  const ask = typeof given === 'function' ? given : () => given.now();
  // A clock that fails is better found now than in the middle of a refresh.
  const held = native.Clock.manual(toSeconds(ask()));
  return { held, tick: () => held.set(toSeconds(ask())) };
}
