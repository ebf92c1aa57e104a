/** A thousand callers of a token near its end: how many refreshes, and what the event loop feels of it. */

import { monitorEventLoopDelay } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { Keeper, MemoryStore, Sandbox } from '../lib/index.js';

const DAY = 86_400;
const CALLERS = 1_000;

async function delayed(work) {
  const delay = monitorEventLoopDelay({ resolution: 1 });
  await sleep(20);
  delay.enable();
  const began = performance.now();
  await work();
  const took = performance.now() - began;
  await sleep(5);
  delay.disable();
  return { most: delay.max / 1e6, took };
}

for (let round = 1; round <= 5; round += 1) {
  const sandbox = await Sandbox.start();
  const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
  const login = keeper.authorize();
  await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
  await keeper.token('me');
  sandbox.clock.advance(60 * DAY - 60);
  const storm = await delayed(() => Promise.all(Array.from({ length: CALLERS }, () => keeper.token('me'))));
  const idle = await delayed(() => sleep(storm.took));
  const refreshes = sandbox.calls('refresh_access_token').length;
  console.log(
    `${CALLERS.toLocaleString('en')} callers: ${refreshes} refresh, all served in ${storm.took.toFixed(1)} ms; ` +
      `event loop delayed by at most ${storm.most.toFixed(1)} ms (aim 10; an idle one: ${idle.most.toFixed(1)})`,
  );
  await sandbox.close();
}
