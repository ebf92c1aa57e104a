/**
 * Full logins a second against the sandbox, beside peers. The approval alone is the sandbox's own share. The sandbox is in this process, in
 * threads of its own, and takes its part of the machine from everybody alike. `node --expose-gc logins.js [ROUNDS]`
 */

import { Sandbox } from '../lib/index.js';
import { median, spread, verdict } from './lib.js';
import { APPROVAL, OURS, PEER, waysAt } from './login_ways.js';

const rounds = Number(process.argv[2] ?? 15);
/** Short, so that what disturbs the machine disturbs all the ways of a round. */
const SECONDS = 0.4;
const WARM_UP = 30;
const BAR = 3;

/** Each measure has a world of its own: a sandbox becomes slower with what it remembers, and whoever came later would pay for it. */
async function rate(name, atOnce) {
  const sandbox = await Sandbox.start();
  const work = waysAt(sandbox)[name];
  for (let time = 0; time < WARM_UP; time += 1) await work();
  globalThis.gc?.();
  const began = performance.now();
  const end = began + SECONDS * 1000;
  let count = 0;
  const walk = async () => {
    for (; performance.now() < end; count += 1) await work();
  };
  await Promise.all(Array.from({ length: atOnce }, walk));
  const found = (count * 1000) / (performance.now() - began);
  await sandbox.close();
  return found;
}

/** Of each round: the rate of every way, and the same without the time that the approvals took in that round. */
async function measured(names, atOnce) {
  const found = [];
  for (let round = 0; round < rounds; round += 1) {
    const raw = {};
    for (const name of names) raw[name] = await rate(name, atOnce);
    // Where the machine was disturbed, a login may have taken less than an approval: then nothing can be said.
    const without = (own) => (own < raw[APPROVAL] ? 1 / (1 / own - 1 / raw[APPROVAL]) : Infinity);
    const apart = Object.fromEntries(names.map((name) => [name, without(raw[name])]));
    found.push({ raw, apart });
  }
  return found;
}

function print(names, found, atOnce) {
  console.log(`full logins a second, ${atOnce} at once; in brackets without the approval, which is the sandbox's own work:`);
  for (const name of names) {
    const [raw, apart] = ['raw', 'apart'].map((kind) => found.map((round) => round[kind][name]));
    const rates = `${median(raw).toFixed(0).padStart(6)}   ${spread(raw, 0)}`;
    const rest = name === APPROVAL ? '' : `[${median(apart).toFixed(0).padStart(6)}   ${spread(apart, 0)}]`;
    console.log(`    ${name.padEnd(42)} ${rates.padEnd(26)} ${rest}`.trimEnd());
  }
  for (const [kind, title] of [['raw', 'as it is'], ['apart', 'without the approval']]) {
    const ratios = found.map((round) => round[kind][OURS] / round[kind][PEER]);
    const figure = `${median(ratios).toFixed(2).padStart(6)} times   ${spread(ratios, 2)}`;
    const said = `bar: at least ${BAR}, ${verdict(median(ratios) >= BAR)}`;
    console.log(`    ${`Client beside ${PEER}, ${title}`.padEnd(48)} ${figure}   ${said}`);
  }
}

const first = await Sandbox.start();
const names = Object.keys(waysAt(first));
await first.close();
for (const atOnce of [1, 16]) print(names, await measured(names, atOnce), atOnce);
