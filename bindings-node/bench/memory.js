/** What a million calls leave behind. `node --expose-gc memory.js [CALLS]` */

import { Client, Keeper, MemoryStore, Sandbox } from '../lib/index.js';

const calls = Number(process.argv[2] ?? 1_000_000);
const BATCH = 1_000;
const WARM_UP = 100_000;

async function repeat(count, work) {
  for (let done = 0; done < count; done += BATCH) {
    for (let call = 0; call < BATCH; call += 1) await work();
    // Finalizers run between turns of the event loop.
    await new Promise(setImmediate);
  }
}

async function grows(title, work) {
  const rss = () => {
    globalThis.gc();
    return process.memoryUsage.rss() / 1e6;
  };
  await repeat(WARM_UP, work);
  const before = rss();
  await repeat(calls, work);
  const after = rss();
  const growth = after - before;
  const verdict = growth < 5 ? 'flat' : 'NOT FLAT';
  console.log(`${title}: ${before.toFixed(1)} MB, after ${calls.toLocaleString('en')} calls ${after.toFixed(1)} MB: ${verdict}`);
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
