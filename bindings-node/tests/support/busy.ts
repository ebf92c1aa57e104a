/** Logs in for ever. */

import { parentPort } from 'node:worker_threads';
import { Keeper, MemoryStore, Sandbox } from 'shutterkey';

const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
for (let logins = 0; ; logins += 1) {
  const login = keeper.authorize();
  const redirect = await sandbox.approve(login.url);
  await keeper.complete(login.pending, redirect, { name: 'me' });
  if (logins === 1) parentPort?.postMessage('busy');
}
