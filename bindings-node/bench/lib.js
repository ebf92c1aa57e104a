/** How things are measured: every round measures all the ways of doing a thing one after the other, and the ratio is taken within the
 * round, since what disturbs the machine disturbs both. */

const ENOUGH = 60e6;

/** Nanoseconds of one call. */
export function perCall(work) {
  for (let calls = 1; ; ) {
    const began = process.hrtime.bigint();
    for (let call = 0; call < calls; call += 1) work();
    const took = Number(process.hrtime.bigint() - began);
    if (took > ENOUGH) return took / calls;
    calls = Math.max(calls * 2, Math.floor((calls * ENOUGH) / Math.max(took, 1)));
  }
}

/** The same for work that has to be awaited. */
export async function perAwaited(work) {
  for (let calls = 1; ; ) {
    const began = process.hrtime.bigint();
    for (let call = 0; call < calls; call += 1) await work();
    const took = Number(process.hrtime.bigint() - began);
    if (took > ENOUGH) return took / calls;
    calls = Math.max(calls * 2, Math.floor((calls * ENOUGH) / Math.max(took, 1)));
  }
}

export function median(values) {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)];
}

/** `ours` and `others`: functions that measure. A bar is the least ratio. */
export async function compare(title, ours, others, { rounds = 9, bars = {} } = {}) {
  const mine = [];
  const ratios = Object.fromEntries(Object.keys(others).map((name) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    globalThis.gc?.();
    const own = await ours();
    mine.push(own);
    for (const [name, measure] of Object.entries(others)) ratios[name].push((await measure()) / own);
  }
  console.log(`${title}: ${(median(mine) / 1000).toFixed(2)} us`);
  for (const [name, all] of Object.entries(ratios)) {
    const [middle, least, most] = [median(all), Math.min(...all), Math.max(...all)];
    const bar = bars[name];
    const verdict = bar === undefined ? '' : `   bar ${bar}: ${middle >= bar ? 'met' : 'MISSED'}`;
    console.log(
      `    ${name.padEnd(52)} ${middle.toFixed(2).padStart(8)} times ours   (${least.toFixed(2)} to ${most.toFixed(2)})${verdict}`,
    );
  }
}
