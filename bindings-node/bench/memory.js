/**
 * What a million calls leave behind, after as many as it takes to be warm. The young generation has a fixed size: otherwise V8 doubles it
 * at some call or other, which is no growth of ours. `node --expose-gc --min-semi-space-size=16 --max-semi-space-size=16 memory.js [CALLS]`
 */

import { Client, Keeper, MemoryStore, Sandbox } from '../lib/index.js';
import { verdict } from './lib.js';

const calls = Number(process.argv[2] ?? 1_000_000);
const BATCH = 1_000;
const WARM_UP = 100_000;
/** Megabytes: of a million calls, five bytes each. */
const FLAT = 5;

/** Finalizers run between turns of the event loop. */
const turn = () => new Promise(setImmediate);

async function repeat(count, work) {
  for (let done = 0; done < count; done += BATCH) {
    for (let call = 0; call < BATCH; call += 1) await work();
    await turn();
  }
}

async function resident() {
  for (let time = 0; time < 3; time += 1) {
    globalThis.gc();
    await turn();
  }
  return process.memoryUsage.rss() / 1e6;
}

async function grows(title, work) {
  await repeat(WARM_UP, work);
  const before = await resident();
  await repeat(calls, work);
  const after = await resident();
  const growth = after - before;
  console.log(
    `${title}: resident ${before.toFixed(1)} MB after ${WARM_UP.toLocaleString('en')} calls, ${after.toFixed(1)} MB after ` +
      `${calls.toLocaleString('en')} more: ${growth.toFixed(1)} MB of growth   bar: flat (below ${FLAT}), ${verdict(growth < FLAT)}`,
  );
}

const client = new Client({
  clientId: '990602627938098',
  clientSecret: '0123456789abcdef0123456789abcdef',
  redirectUri: 'https://app.example/instagram/callback',
});
await grows('authorize + accept', () => {
  const { url, pending } = client.authorize();
  const state = new URL(url).searchParams.get('state');
  return pending.accept(`https://app.example/instagram/callback?code=AQ0123456789&state=${state}#_`);
});

const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
const login = keeper.authorize();
await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
await grows('keeper.token()', () => keeper.token('me'));
await sandbox.close();
