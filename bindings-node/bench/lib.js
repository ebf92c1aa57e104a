/** How things are measured: every round measures all the ways of doing a thing one after the other, and the ratio is taken within the
 * round, since what disturbs the machine disturbs both. */

const ENOUGH = 50e6;
const BATCH = 10_000;

/** Where results go, so that no compiler finds the work to be of no use. */
export let kept;

const since = (began) => Number(process.hrtime.bigint() - began);
const more = (calls, took) => Math.max(calls * 2, Math.floor((calls * ENOUGH) / Math.max(took, 1)));

/** Nanoseconds of one call. */
export function perCall(work) {
  for (let calls = 1; ; ) {
    const began = process.hrtime.bigint();
    for (let call = 0; call < calls; call += 1) kept = work();
    const took = since(began);
    if (took > ENOUGH) return took / calls;
    calls = more(calls, took);
  }
}

/** The same for work that has to be awaited. */
export async function perAwaited(work) {
  for (let calls = 1; ; ) {
    const began = process.hrtime.bigint();
    for (let call = 0; call < calls; call += 1) kept = await work();
    const took = since(began);
    if (took > ENOUGH) return took / calls;
    calls = more(calls, took);
  }
}

/** The same for work whose input must be new each time: `make` makes so many, which does not count. */
export function perFresh(work, make) {
  const timed = () => {
    const inputs = make(BATCH);
    const began = process.hrtime.bigint();
    for (const input of inputs) kept = work(input);
    return since(began);
  };
  timed();
  let [calls, took] = [0, 0];
  for (; took < ENOUGH; calls += BATCH) took += timed();
  return took / calls;
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** The least and the most, as they stand behind a median. */
export function spread(values, digits) {
  return `(${Math.min(...values).toFixed(digits)} to ${Math.max(...values).toFixed(digits)})`;
}

/** What is said of a bar. It fails nothing. */
export const verdict = (met) => (met ? 'met' : 'MISSED');

/** `ours` and `others`: functions that measure. A bar is the least ratio. */
export async function compare(title, ours, others, { rounds = 9, bars = {} } = {}) {
  const measure = (way) => {
    globalThis.gc?.();
    return way();
  };
  const mine = [];
  const ratios = Object.fromEntries(Object.keys(others).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    const own = await measure(ours);
    mine.push(own / 1000);
    for (const [name, way] of Object.entries(others)) ratios[name].push((await measure(way)) / own);
  }
  console.log(`${title}: ${median(mine).toFixed(2)} us   ${spread(mine, 2)}`);
  for (const [name, all] of Object.entries(ratios)) {
    const bar = bars[name];
    const said = bar === undefined ? '' : `   bar: at least ${bar}, ${verdict(median(all) >= bar)}`;
    console.log(`    ${name.padEnd(54)} ${median(all).toFixed(2).padStart(7)} times ours   ${spread(all, 2)}${said}`);
  }
}
