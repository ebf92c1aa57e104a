/** Asks for a token that is due and does nothing more; at the end, says what the store holds. */

import { FileStore, Keeper, Sandbox } from 'shutterkey';

const sandbox = await Sandbox.start();
const app = sandbox.app();
const path = process.argv[2]!;
const keeper = new Keeper({ client: sandbox.client(app), store: new FileStore(path) });
const login = keeper.authorize();
await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
sandbox.clock.advance(40 * 86_400);
const answered = await keeper.token('me');

// The package waits in the first round; what it waited for is there in the second.
process.once('beforeExit', () => setImmediate(() => process.once('beforeExit', show)));

function show(): void {
  const refreshes = sandbox.calls('refresh_access_token', { status: 200 }).length;
  const later = new Keeper({ client: sandbox.client(app), store: new FileStore(path) });
  void later.account('me').then(({ token }) => {
    const stored = token.reveal() === answered.reveal() ? 'old' : 'new';
    console.log(`refreshes: ${refreshes}, the ${stored} token is stored`);
  });
}
