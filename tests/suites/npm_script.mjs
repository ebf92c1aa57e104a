/** What a person does first with the package: a login of one's own at a sandbox, and a token that is kept alive. */

import assert from 'node:assert/strict';
import { Keeper, MemoryStore, Sandbox, version } from 'shutterkey';

const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
const login = keeper.authorize();
await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
const first = (await keeper.token('me')).reveal();
sandbox.clock.advance(59 * 86_400);
await keeper.token('me'); // due: refreshed beside the answer
await keeper.settle();
assert.notEqual((await keeper.token('me')).reveal(), first);
await sandbox.close();
console.log(`shutterkey ${version} works`);
