/** Compares with the floor (what Node has by itself) and with peers, as ratios of one run. `node --expose-gc ratios.js [ROUNDS]` */

import { createHash, randomBytes } from 'node:crypto';
import { Client, Keeper, MemoryStore, PendingAuthorization, Sandbox, version } from '../lib/index.js';
import { parseExchangeResponse } from '../lib/protocol.js';
import { compare, perAwaited, perCall } from './lib.js';
import * as peers from './peers.js';

const CLIENT_ID = '990602627938098';
const SECRET = '0123456789abcdef0123456789abcdef';
const REDIRECT = 'https://app.example/instagram/callback';
const SCOPE = 'instagram_business_basic';
const rounds = Number(process.argv[2] ?? 9);

const measured = (ways, how = perCall) =>
  Object.fromEntries(Object.entries(ways).map(([name, work]) => [name, () => how(work)]));

console.log(`Node ${process.versions.node}, shutterkey ${version}`);

const client = new Client({ clientId: CLIENT_ID, clientSecret: SECRET, redirectUri: REDIRECT, scopes: [SCOPE] });
const floor = 'node:crypto, state + verifier + challenge, no URL';
await compare(
  'authorize URL with state and PKCE',
  () => perCall(() => client.authorize().url),
  {
    ...measured({
      [floor]: () => {
        const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
        return [state, verifier, createHash('sha256').update(verifier).digest('base64url')];
      },
    }),
    ...measured(peers.authorize(CLIENT_ID, SECRET, REDIRECT, SCOPE), perAwaited),
  },
  { rounds, bars: { [floor]: 2, 'openid-client': 25 } },
);

const { pending, url } = client.authorize();
const state = new URL(url).searchParams.get('state');
// No two are equal, so that nothing that remembers answers can answer.
const redirects = Array.from({ length: 50_000 }, (_, number) =>
  Buffer.from(`${REDIRECT}?code=AQ${String(number).padStart(12, '0')}${'x'.repeat(80)}&state=${state}#_`).toString('latin1'),
);
let at = 0;
const following = () => redirects[(at = (at + 1) % redirects.length)];
const bare = 'new URL + two searchParams.get, no check';
await compare(
  'redirect accepted, all checks',
  () => perCall(() => pending.accept(following())),
  measured({
    [bare]: () => {
      const { searchParams } = new URL(following());
      return [searchParams.get('code'), searchParams.get('state')];
    },
    ...peers.accept(CLIENT_ID, state, following),
  }),
  { rounds, bars: { [bare]: 2 } },
);
const text = pending.serialize();
await compare(
  'the same for a login that was read from text just before',
  () => perCall(() => PendingAuthorization.deserialize(text).accept(following())),
  measured({
    [bare]: () => {
      const { searchParams } = new URL(following());
      return [searchParams.get('code'), searchParams.get('state')];
    },
  }),
  { rounds },
);

const body =
  `{"access_token":"IGAA${'x'.repeat(140)}","token_type":"bearer","user_id":17841400000000001,` +
  '"permissions":"instagram_business_basic,instagram_business_content_publish"}';
const bytes = Buffer.from(body);
const { provider, scopes } = client.config;
const now = Date.now();
await compare(
  'token answer read',
  () => perCall(() => parseExchangeResponse(provider, scopes, { status: 200, body: bytes }, { now }).token.kind),
  { ...measured({ 'JSON.parse': () => JSON.parse(body) }), ...measured(peers.parse(CLIENT_ID, body), perAwaited) },
  { rounds, bars: { oauth4webapi: 1 } },
);

const sandbox = await Sandbox.start();
const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
const login = keeper.authorize();
await keeper.complete(login.pending, await sandbox.approve(login.url), { name: 'me' });
await keeper.token('me');
const table = new Map([['me', 'a map that forgets nothing']]);
const look = async (name) => table.get(name);
await compare(
  'await keeper.token() of a fresh token',
  () => perAwaited(() => keeper.token('me')),
  {
    'a Map behind an async function': () => perAwaited(() => look('me')),
    'keeper.freshToken(), which never waits': () => perCall(() => keeper.freshToken('me')),
  },
  { rounds },
);
await sandbox.close();
