/** A login in a worker. */

import { Keeper, MemoryStore, Sandbox } from 'shutterkey';

const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
const login = keeper.authorize();
await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
await keeper.token('me');
