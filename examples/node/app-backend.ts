/**
 * The backend of an app: it holds the app secret, and the app has the browser.
 *
 *     node build/app-backend.js            walks it offline, against a sandbox of its own
 *     node build/app-backend.js --serve    serves it for the app examples in examples/swift and examples/kotlin
 *
 * With `--serve` the first line printed is its address, at PORT or a free one. It is a client of the sandbox at SHUTTERKEY_SANDBOX_URL
 * (with SHUTTERKEY_SANDBOX_CONTROL, its control token), or starts one of its own and prints both.
 */

import { equal } from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request } from 'express';
import { Client, Keeper, MemoryStore, Provider, Sandbox, SealKeys } from 'shutterkey';
import { instagramRoutes } from 'shutterkey/express';
import { HandoverStart } from 'shutterkey/protocol';

const CALLBACK = 'https://site.example/instagram/callback';

/** Where the app takes answers: a universal link (app link), registered with the platform like any redirect URI. */
const APP_LINK = 'https://site.example/instagram/app';

/** How an app's user signs in is the app's own business. Two users, who have signed in. */
const USERS = new Map([
  ['Bearer demo-ada', 'ada'],
  ['Bearer demo-eve', 'eve'],
]);

const signedIn = ({ headers }: Request): string | undefined => USERS.get(headers.authorization ?? '');

/** The site, listening. */
async function listening(client: Client): Promise<{ server: Server; origin: string }> {
  const keeper = new Keeper({ client, store: new MemoryStore() });
  const sealKeys = process.env.SITE_KEYS ?? SealKeys.generate();
  const site = express();
  // handover-start and handover-finish are among its routes
  site.use(instagramRoutes({ keeper, sealKeys, name: signedIn, appRedirectUri: APP_LINK }));
  const server = site.listen(Number(process.env.PORT ?? 0), '127.0.0.1');
  await once(server, 'listening');
  return { server, origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

/** What an app reads of an answer to it. */
interface Answer {
  readonly account?: { readonly username: string };
  readonly error?: { readonly code: string };
}

/** What an app does: it begins, opens the browser, and hands over what came back. */
async function walk(sandbox: Sandbox, origin: string): Promise<void> {
  const post = (route: string, user: string, body: string): Promise<Response> => {
    const headers = { authorization: `Bearer demo-${user}`, 'content-type': 'application/json' };
    return fetch(`${origin}/instagram/${route}`, { method: 'POST', headers, body });
  };
  const login = HandoverStart.parse(await (await post('handover-start', 'ada', '')).text());
  console.log(`the app begins       the browser goes to ${new URL(login.url).pathname}`);
  const handover = login.answer(await sandbox.approve(login.url, { person: 'studio' })).toJson();
  const stolen = (await (await post('handover-finish', 'eve', handover)).json()) as Answer;
  equal(stolen.error?.code, 'redirect.seal_invalid');
  console.log(`another user's app   ${stolen.error?.code}`);
  const ended = (await (await post('handover-finish', 'ada', handover)).json()) as Answer;
  equal(ended.account?.username, 'studio.sandbox');
  console.log(`the app hands over   ${ended.account?.username} is connected`);
}

/** A client of the sandbox that is running, for an app that is registered there now. */
async function atSandbox(url: string): Promise<Client> {
  const response = await fetch(`${url}/control/app`, {
    method: 'POST',
    headers: { 'x-shutterkey-control': process.env.SHUTTERKEY_SANDBOX_CONTROL ?? '' },
    body: JSON.stringify({ product: 'instagram', redirect_uris: [CALLBACK, APP_LINK] }),
  });
  if (!response.ok) throw new Error(await response.text());
  const { client_id: clientId, client_secret: clientSecret } = (await response.json()) as Record<string, string>;
  const provider = Provider.inSandbox('instagram', url);
  return new Client({ provider, clientId, clientSecret, redirectUri: CALLBACK });
}

async function serve(client: Client): Promise<never> {
  const { origin } = await listening(client);
  console.log(origin);
  await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
  process.exit(); // connections that are kept open would be waited for
}

const serves = process.argv.includes('--serve');
const { SHUTTERKEY_SANDBOX_URL: running } = process.env;
if (serves && running !== undefined) await serve(await atSandbox(running));

const sandbox = await Sandbox.start();
const client = sandbox.client(sandbox.app('instagram', { redirectUri: [CALLBACK, APP_LINK] }));
if (serves) {
  console.error(`export SHUTTERKEY_SANDBOX_URL=${sandbox.baseUrl}`);
  console.error(`export SHUTTERKEY_SANDBOX_CONTROL=${sandbox.revealControlToken()}`);
  await serve(client);
}
const { server, origin } = await listening(client);
await walk(sandbox, origin);
server.close();
await sandbox.close();
