/** Compares with the floor (what Node has by itself) and with peers, as ratios of one run. `node --expose-gc ratios.js [ROUNDS]` */

import { createHash, randomBytes } from 'node:crypto';
import { Client, Keeper, MemoryStore, PendingAuthorization, Sandbox, version } from '../lib/index.js';
import { parseExchangeResponse, readResponse } from '../lib/protocol.js';
import { compare, perAwaited, perCall, perFresh } from './lib.js';
import * as peers from './peers.js';

const CLIENT_ID = '990602627938098';
const SECRET = '0123456789abcdef0123456789abcdef';
const REDIRECT = 'https://app.example/instagram/callback';
const SCOPE = 'instagram_business_basic';
const rounds = Number(process.argv[2] ?? 9);

console.log(`Node ${process.versions.node}, shutterkey ${version}`);
const client = new Client({ clientId: CLIENT_ID, clientSecret: SECRET, redirectUri: REDIRECT, scopes: [SCOPE] });
await authorizing();
await accepting();
await reading();
await keeping();

async function authorizing() {
  const floor = 'node:crypto: state, verifier and challenge, no URL';
  const byNode = () => {
    const [state, verifier] = [randomBytes(32).toString('base64url'), randomBytes(32).toString('base64url')];
    return [state, verifier, createHash('sha256').update(verifier).digest('base64url')];
  };
  await compare(
    'authorize URL with state and PKCE',
    () => perCall(() => client.authorize().url),
    { [floor]: () => perCall(byNode), ...peers.authorize(CLIENT_ID, SECRET, REDIRECT, SCOPE) },
    { rounds, bars: { [floor]: 2, 'openid-client': 25 } },
  );
}

async function accepting() {
  const { pending, url } = client.authorize();
  const state = new URL(url).searchParams.get('state');
  let number = 0;
  // No two are ever equal, and each is one flat string, as a server has it.
  const redirect = () => {
    number += 1;
    const text = `${REDIRECT}?code=AQ${String(number).padStart(12, '0')}${'x'.repeat(80)}&state=${state}#_`;
    return Buffer.from(text).toString('latin1');
  };
  const fresh = (count) => Array.from({ length: count }, redirect);
  const bare = 'new URL + two searchParams.get, no check';
  const byNode = (address) => {
    const { searchParams } = new URL(address);
    return [searchParams.get('code'), searchParams.get('state')];
  };
  const others = { [bare]: () => perFresh(byNode, fresh), ...peers.accept(CLIENT_ID, state, fresh) };
  await compare(
    'redirect accepted, all checks: each further answer of one login',
    () => perFresh((address) => pending.accept(address), fresh),
    others,
    { rounds, bars: { [bare]: 2 } },
  );
  const text = pending.serialize();
  await compare(
    'redirect accepted, all checks: the first answer of a login that was read from text',
    () => perFresh((address) => PendingAuthorization.deserialize(text).accept(address), fresh),
    others,
    { rounds },
  );
}

async function reading() {
  const text =
    `{"access_token":"IGAA${'x'.repeat(80)}","user_id":17841400000000001,"permissions":"instagram_business_basic"}`;
  const body = Buffer.from(text);
  const headers = { 'content-type': 'application/json' };
  const { provider, scopes } = client.config;
  const theirs = peers.parse(CLIENT_ID, text);
  const bars = Object.fromEntries(Object.keys(theirs).map((name) => [name, 1]));
  await compare(
    `token answer of ${body.length} bytes read`,
    () => perCall(() => parseExchangeResponse(provider, scopes, { status: 200, headers, body }).token.kind),
    { 'JSON.parse alone': () => perCall(() => JSON.parse(text)), ...theirs },
    { rounds, bars },
  );
  const fromResponse = async () => {
    const answer = await readResponse(new Response(text, { headers }));
    return parseExchangeResponse(provider, scopes, answer).token.kind;
  };
  // Who has a Response begins where oauth4webapi begins.
  const bare = () => new Response(text, { headers }).json();
  await compare(
    'the same from a Response, by readResponse()',
    () => perAwaited(fromResponse),
    { 'await response.json() alone': () => perAwaited(bare), ...theirs },
    { rounds },
  );
}

async function keeping() {
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
      'keeper.freshToken(), which never waits': () => perCall(() => keeper.freshToken('me')),
      'a Map look-up behind an async function': () => perAwaited(() => look('me')),
    },
    { rounds },
  );
  await sandbox.close();
}
