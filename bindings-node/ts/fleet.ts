/** Many accounts: taking them in, and keeping them alive. */

import { open } from 'node:fs/promises';
import { wait, type Waiting } from './abort.js';
import type { Ticking } from './clock.js';
import { check, ShutterkeyError, unwrap } from './errors.js';
import { native, type Native } from './native.js';

/** A path, lines (each a text or its UTF-8), or a stream of bytes. */
export type Lines =
  | string
  | URL
  | Iterable<string | Uint8Array>
  | AsyncIterable<string | Uint8Array>
  | NodeJS.ReadableStream
  | ReadableStream<Uint8Array>;

/** How a fleet is taken in. A signal stops the reading; lines that were read are finished. */
export interface ImportManyOptions extends Waiting {
  /** Tells what would become of each line, and writes nothing. */
  readonly dryRun?: boolean | undefined;
  /** Over how many seconds refreshes that are due at once are spread; a day. */
  readonly spread?: number | undefined;
}

/** What became of the lines of an import. */
export interface ImportReport {
  /** Lines with something on them. */
  readonly lines: number;
  /** Accounts that were not there. */
  readonly added: number;
  /** Accounts whose token took the place of one that was dead or older. */
  readonly replaced: number;
  /** Accounts that were there with this token. */
  readonly unchanged: number;
  /** Accounts that are there with another token, as new for all that is known, which stays. */
  readonly kept: number;
  /** Lines that could not be taken. */
  readonly refused: number;
  /** Why, by the number of the line from 1 on, in order: the first thousand. */
  readonly refusals: readonly { readonly line: number; readonly error: ShutterkeyError }[];
}

/** How a fleet is kept. */
export interface RunOptions {
  /** At most so many refreshes a second, by this process alone; 10. */
  readonly perSecond?: number | undefined;
  /** At most so many refreshes under way at once; 16. */
  readonly atOnce?: number | undefined;
  /** How many seconds to wait before looking again when nothing is due; 30. */
  readonly poll?: number | undefined;
  /** Ends when nothing is due any more, for a job that cron starts. */
  readonly once?: boolean | undefined;
  /** Called with the counts once a second while they change. What it throws stops the run and is thrown by it. */
  readonly onProgress?: ((counts: FleetCounts) => void) | undefined;
  /** Stops it gracefully: what is under way is finished, and the counts are answered. */
  readonly signal?: AbortSignal | undefined;
}

/** What has been done. */
export interface FleetCounts {
  /** How many accounts were looked after. */
  readonly accounts: number;
  /** Tokens that were refreshed. */
  readonly refreshed: number;
  /** Accounts that were looked at and needed nothing. */
  readonly unchanged: number;
  /** Refreshes that failed; the token lives, and it is tried again. */
  readonly failed: number;
  /** Accounts that came to be at risk. */
  readonly atRisk: number;
  /** Accounts that were found to need a login. */
  readonly needsLogin: number;
  /** Accounts whose person has to do something first. */
  readonly blocked: number;
  /** Accounts whose token is dead and could not be renewed this time, or whose record could not be read or kept. */
  readonly lost: number;
  /** How often the store could not be asked for what is due. */
  readonly storeFailures: number;
}

/** How many lines are read before they are handed over. */
const BATCH = 256;

/** How often somebody who wants to hear of the progress is told, and a clock of the caller's is looked at. */
const TICK = 1000;

/** What is no text becomes no JSON either, and is refused as the line that it is. */
const NO_TEXT = '\uFFFD';

/** @internal */
export async function importMany(held: Native.Keeper, source: Lines, options: ImportManyOptions): Promise<ImportReport> {
  const { dryRun = false, spread, signal } = options;
  const taking = new native.LineImport(held, { dryRun, spread });
  let batch: string[] = [];
  for await (const line of linesOf(source)) {
    signal?.throwIfAborted();
    if (batch.push(textOf(line)) < BATCH) continue;
    check(await taking.add(batch));
    batch = [];
  }
  check(await taking.add(batch));
  const report = unwrap(await wait(() => taking.finish(), signal));
  const refusals = report.refusals.map(({ line, error }) => ({ line, error: new ShutterkeyError(error, undefined) }));
  return { ...report, refusals };
}

/** @internal */
export async function run(held: Native.Keeper, clock: Ticking, options: RunOptions): Promise<FleetCounts> {
  const { perSecond, atOnce, poll, once = false, onProgress, signal } = options;
  for (const number of [perSecond, atOnce]) {
    if (number !== undefined && !(number > 0 && Number.isFinite(number))) {
      throw new RangeError('perSecond and atOnce are above zero.');
    }
  }
  const running = new native.FleetRun(held, { perSecond, atOnce, poll, once });
  if (signal?.aborted) return running.counts();
  let thrown: { readonly error: unknown } | undefined;
  const tell = (): void => {
    try {
      clock.tick();
      const counts = onProgress && !thrown ? running.changed() : undefined;
      if (counts) onProgress?.(counts);
    } catch (error) {
      thrown ??= { error };
      running.stop();
    }
  };
  const stop = (): void => running.stop();
  signal?.addEventListener('abort', stop, { once: true });
  const timer = setInterval(tell, TICK);
  timer.unref();
  try {
    clock.tick();
    const counts = unwrap(await running.run());
    tell();
    if (thrown) throw thrown.error;
    return counts;
  } finally {
    clearInterval(timer);
    signal?.removeEventListener('abort', stop);
  }
}

async function* linesOf(source: Lines): AsyncIterable<string | Uint8Array> {
  if (typeof source === 'string' || source instanceof URL) {
    const file = await open(source);
    try {
      yield* split(file.createReadStream({ autoClose: false }));
    } finally {
      await file.close();
    }
  } else if ('pipe' in source || 'getReader' in source) {
    yield* split(source as AsyncIterable<string | Uint8Array>);
  } else {
    yield* source as AsyncIterable<string | Uint8Array>;
  }
}

/** The lines of a stream, as bytes: a character may be cut by the end of a piece. */
async function* split(pieces: AsyncIterable<string | Uint8Array>): AsyncIterable<Uint8Array> {
  let rest: Uint8Array[] = [];
  for await (const piece of pieces) {
    let bytes = typeof piece === 'string' ? Buffer.from(piece) : piece;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10)) {
      yield Buffer.concat([...rest, bytes.subarray(0, end)]);
      rest = [];
      bytes = bytes.subarray(end + 1);
    }
    rest.push(bytes);
  }
  const last = Buffer.concat(rest);
  if (last.length > 0) yield last;
}

function textOf(line: string | Uint8Array): string {
  if (typeof line === 'string') return /\p{Surrogate}/u.test(line) ? NO_TEXT : line;
  if (!(line instanceof Uint8Array)) throw new TypeError('A line of importMany() is a text or its bytes.');
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(line);
  } catch {
    return NO_TEXT;
  }
}
