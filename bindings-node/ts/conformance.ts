/** The suite that says whether a store keeps its promises: the core's own, run against a store of the caller's. */

import { storeOf, type CustomStore } from './host_store.js';
import { native, type Native } from './native.js';
import type { Store } from './store.js';

/** One promise of a store. */
export interface StoreFinding {
  /** The promise, in words. */
  readonly name: string;
  /** Whether it is kept; `skipped`: it was not checked. */
  readonly outcome: 'passed' | 'failed' | 'skipped';
  /** What happened instead, or why it was not checked. */
  readonly why?: string;
}

/** What the suite found. As a text it is one line a promise. */
export class StoreReport {
  /** Every promise, in the order they were checked. */
  readonly findings: readonly StoreFinding[];

  /** @internal */
  constructor(findings: readonly StoreFinding[]) {
    this.findings = findings;
  }

  /** Whether no promise is broken. */
  get passed(): boolean {
    return this.failures.length === 0;
  }

  /** The promises that are broken. */
  get failures(): readonly StoreFinding[] {
    return this.findings.filter(({ outcome }) => outcome === 'failed');
  }

  /** The promises that were not checked. */
  get skipped(): readonly StoreFinding[] {
    return this.findings.filter(({ outcome }) => outcome === 'skipped');
  }

  /** One line a promise. */
  toString(): string {
    const line = ({ outcome, name, why }: StoreFinding): string => {
      const shown = outcome === 'failed' ? 'FAILED' : outcome;
      return `${shown.padEnd(8)} ${name}${why === undefined ? '' : `: ${why}`}`;
    };
    return this.findings.map(line).join('\n');
  }
}

/** How a store is checked. */
export interface CheckStoreOptions<S extends Store | CustomStore> {
  /** Makes a second handle to the place of a store, as another process would have one. Without it those checks are skipped. */
  readonly second?: ((store: S) => S | PromiseLike<S>) | undefined;
  /** Leases run on a clock of the store's own; expiry is then waited for, some seconds. */
  readonly ownClock?: boolean | undefined;
}

/**
 * Runs every check, each on an empty store that `make` answers, and reports all of them.
 *
 * ```ts
 * const report = await checkStore(() => new MyStore());
 * assert.ok(report.passed, String(report));
 * ```
 */
export async function checkStore<S extends Store | CustomStore>(
  make: () => S | PromiseLike<S>,
  { second, ownClock = false }: CheckStoreOptions<S> = {},
): Promise<StoreReport> {
  const check = new native.StoreCheck();
  const give = async (): Promise<Native.Answer> => {
    try {
      const store = await make();
      check.give(storeOf(store), second && storeOf(await second(store)));
      return {};
    } catch (error) {
      return { failure: error instanceof Error ? error.message : String(error) };
    }
  };
  const host: Native.Host = new native.Host(({ number }) => {
    void give().then((answer) => host.answer(number, answer));
  });
  return new StoreReport((await check.run(host, ownClock)) as StoreFinding[]);
}
