/** Moments and lengths. They cross as seconds. */

/** A moment: a `Date`, or milliseconds since 1970 as `Date.now()` answers them. */
export type Moment = Date | number;

/** The last moment that a `Date` can be, in seconds. */
const LAST = 8.64e12;

/** @internal */
export function toDate(seconds: number): Date {
  return new Date(Math.min(Math.max(seconds, -LAST), LAST) * 1000);
}

/** @internal */
export function maybeDate(seconds: number | null | undefined): Date | undefined {
  return seconds === null || seconds === undefined ? undefined : toDate(seconds);
}

/** @internal */
export function toSeconds(moment: Moment): number {
  const milliseconds = typeof moment === 'number' ? moment : moment.getTime();
  if (!Number.isFinite(milliseconds)) throw new RangeError('This is no moment: an invalid Date, or not a number.');
  return Math.floor(milliseconds / 1000);
}

/** @internal */
export function secondsOrNow(moment: Moment | undefined): number {
  return toSeconds(moment ?? Date.now());
}
