/**
 * A login from authorize URL to stored token, against a sandbox, and the forty days after it.
 *
 *     node build/offline.js
 */

import { Keeper, MemoryStore, Sandbox } from 'shutterkey';

// The platform on localhost, with an app registered there. For the real one: Keeper.fromEnv(), or a Client of your own.
const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });

// Send the person to the address. Here a sandbox person approves, by the same pages that a browser would show.
const login = keeper.authorize();
console.log(`open      ${login.url.split('?', 1)[0]}?…`);
const redirectUrl = await sandbox.approve(login.url, { person: 'studio' });

// What comes back is checked, exchanged, made long-lived, identified and stored.
const { account } = await keeper.complete(login.pending, redirectUrl, { name: 'me' });
console.log(`connected ${account.username}, account ${account.userId}`);

const token = await keeper.token('me');
console.log(`token     ${token.kind}, live until ${day(token.expiresAt)}`);

// Later: due, so it is answered at once and refreshed beside the answer. settle() waits for that.
sandbox.clock.advance(40 * 86_400);
await keeper.token('me');
await keeper.settle();
console.log(`refreshed ${day(sandbox.clock.now())}, live until ${day((await keeper.token('me')).expiresAt)}`);

await sandbox.close();

function day(moment: Date | undefined): string {
  return moment?.toISOString().slice(0, 10) ?? 'nobody knows when';
}
