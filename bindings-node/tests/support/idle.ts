/** Makes a keeper and waits for an event that never comes. */

import { Client, Keeper, MemoryStore } from 'shutterkey';

const client = new Client({ clientId: '990602627938098', redirectUri: 'https://app.example/callback' });
const keeper = new Keeper({ client, store: new MemoryStore() });
void keeper.events().next();
