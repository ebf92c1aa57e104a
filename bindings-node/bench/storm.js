/** A thousand callers of a token near its end: how many refreshes, and what the event loop feels of it. `node storm.js [ROUNDS]` */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keeper, MemoryStore, Sandbox } from '../lib/index.js';
import { median, spread, verdict } from './lib.js';

const rounds = Number(process.argv[2] ?? 21);
const DAY = 86_400;
const CALLERS = 1_000;

/** Milliseconds: the longest that the event loop was kept, at a resolution of one, which is within the figure. */
async function delayed(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  // Its first tick is only a beginning: what comes before that is not seen.
  await sleep(20);
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  await sleep(5);
  delay.disable();
  return { most: delay.max / 1e6, took };
}

async function storm() {
  const sandbox = await Sandbox.start();
  const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
  const login = keeper.authorize();
  await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  const old = await keeper.token('me');
  sandbox.clock.advance(60 * DAY - 60);
  globalThis.gc?.();
  let tokens;
  const { most, took } = await delayed(async () => {
    tokens = await Promise.all(Array.from({ length: CALLERS }, () => keeper.token('me')));
  });
  const values = new Set(tokens.map((token) => token.reveal()));
  const idle = (await delayed(() => sleep(took))).most;
  const served = values.size === 1 && !values.has(old.reveal());
  const refreshes = sandbox.calls('refresh_access_token').length;
  await sandbox.close();
  return { most, took, idle, served, refreshes };
}

const storms = [];
for (let round = 0; round < rounds; round += 1) storms.push(await storm());
const all = (name) => storms.map((figures) => figures[name]);
const line = (title, values, said = '') =>
  console.log(`    ${title.padEnd(44)} ${median(values).toFixed(1).padStart(6)} ms   ${spread(values, 1)}${said}`);

console.log(`${CALLERS.toLocaleString('en')} callers of a token near its end, ${rounds} times:`);
const single = all('refreshes').every((count) => count === 1);
console.log(`    refreshes: ${[...new Set(all('refreshes'))].join(', ')} each time   bar: one, ${verdict(single)}`);
if (!all('served').every(Boolean)) console.log('    NOT everybody was served the new token');
line('all served after', all('took'));
line('the event loop was kept for at most', all('most'), `   aim: below 10, ${verdict(median(all('most')) < 10)}`);
line('that of an idle loop of the same length', all('idle'));
