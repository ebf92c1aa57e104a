/** Waiting that can be given up. */

/** What takes a signal. */
export interface Waiting {
  /** Stops the waiting and nothing else: what the provider sends is still stored, and no lease stays. */
  readonly signal?: AbortSignal | undefined;
}

/** @internal Begins work and waits for it, unless or until the signal says not to. */
export async function wait<T>(begin: () => Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return begin();
  signal.throwIfAborted();
  const work = begin();
  let stop: (() => void) | undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = () => reject(signal.reason as Error);
    signal.addEventListener('abort', stop, { once: true });
  });
  try {
    return await Promise.race([work, aborted]);
  } finally {
    if (stop) signal.removeEventListener('abort', stop);
  }
}
