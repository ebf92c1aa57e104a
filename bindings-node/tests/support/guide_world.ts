/**
 * What a block of a guide finds: a machine where somebody has logged in as `me`, whose Instagram is a sandbox, and whose site has
 * the origin `https://app.example`.
 */

import assert from 'node:assert/strict';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PassThrough } from 'node:stream';
import { Keeper, Sandbox, SealKeys } from 'shutterkey';

const SITE = 'https://app.example';

const sealKeys = SealKeys.generate().serialize();
const sandbox = await Sandbox.start();
const redirectUri = [`${SITE}/instagram/callback`, `${SITE}/instagram/app`, 'https://localhost/'];
const app = sandbox.app('instagram', { redirectUri });
Object.assign(process.env, {
  SHUTTERKEY_SANDBOX_URL: sandbox.baseUrl,
  SHUTTERKEY_CLIENT_ID: app.clientId,
  SHUTTERKEY_CLIENT_SECRET: app.revealClientSecret(),
  SHUTTERKEY_REDIRECT_URI: `${SITE}/instagram/callback`,
  SITE_KEYS: sealKeys,
});
const keeper = await Keeper.fromEnv();
await keeper.importToken(sandbox.mintToken('studio', { age: 2 * 86_400, app }).reveal(), { name: 'me' });

/** The network: Instagram's hosts are the sandbox, which does not publish: whose token lives may. */
const send = globalThis.fetch;
globalThis.fetch = async (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input);
  if (!url.hostname.endsWith('instagram.com')) return send(input, init);
  const base = `${sandbox.baseUrl}/instagram`;
  if (!/\/media(_publish)?$/.test(url.pathname)) return send(`${base}${url.pathname}${url.search}`, init);
  const { headers = {} } = init ?? {};
  const answer = await send(`${base}/v26.0/me`, { headers });
  return answer.ok ? Response.json({ id: '17900000000000001' }) : answer;
};

/** A person at the terminal, who approves whatever address is printed and pastes where that ends. */
function person(): void {
  const keyboard = new PassThrough();
  Object.defineProperty(process, 'stdin', { value: keyboard });
  const { stdout } = process;
  const write = stdout.write.bind(stdout) as typeof stdout.write;
  stdout.write = ((...given: Parameters<typeof write>) => {
    const [address] = /http\S+\/oauth\/authorize\?\S+/.exec(String(given[0])) ?? [];
    if (address !== undefined) void sandbox.approve(address).then((redirect) => keyboard.end(`${redirect}\n`));
    return write(...given);
  }) as typeof write;
}

/** Who is signed in at the site. */
const signedIn = (): string => 'ada';

type Site = Server | ((path: string, init?: RequestInit) => Response | Promise<Response>);

/** A browser that connects an account at a site: the button, the platform, and back. The site is closed. */
async function connects(site: Site): Promise<void> {
  const ask = typeof site === 'function' ? site : (path: string, init?: RequestInit) => send(`${addressOf(site)}${path}`, init);
  const begun = await ask('/instagram/start', { method: 'POST', headers: { origin: SITE }, redirect: 'manual' });
  assert.equal(begun.status, 303, await begun.clone().text());
  const back = await sandbox.approve(begun.headers.get('location') ?? '', { person: 'bakery' });
  const cookie = begun.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  const ended = await ask(back.slice(SITE.length), { headers: { cookie }, redirect: 'manual' });
  assert.equal(ended.status, 303, await ended.clone().text());
  const { account } = await keeper.account(signedIn());
  assert.equal(account.username, 'bakery.sandbox');
  if (typeof site !== 'function') site.close();
}

function addressOf(site: Server): string {
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

Object.assign(globalThis, { sandbox, app, keeper, sealKeys, person, signedIn, connects });
