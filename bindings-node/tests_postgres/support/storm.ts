/** Many callers of one account at once, in a process of their own; says which tokens they got, and how often. */

import { once } from 'node:events';
import { Client, Keeper, Provider } from 'shutterkey';
import { opened } from './servers.js';

const given = JSON.parse(process.env['STORM']!) as Record<'base' | 'clientId' | 'clientSecret' | 'schema', string>;
const client = new Client({
  provider: Provider.inSandbox('instagram', given.base),
  clientId: given.clientId,
  clientSecret: given.clientSecret,
  redirectUri: 'https://localhost/',
});
const keeper = new Keeper({ client, store: opened(given.schema, 'bouncer_port') });
process.send!('ready');
const [callers] = (await once(process, 'message')) as [number];
const tokens = await Promise.all(Array.from({ length: callers }, () => keeper.token('me')));
const found: Record<string, number> = {};
for (const token of tokens) found[token.reveal()] = (found[token.reveal()] ?? 0) + 1;
process.send!(found, () => process.disconnect());
