/**
 * What lets the example sites run without a network: a sandbox with an app for the site, and one person with a browser. With
 * `--serve` the person is you.
 */

import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { Keeper, MemoryStore, Sandbox, SealKeys, type SandboxApp } from 'shutterkey';

/** The code of the error on a page of shutterkey's. */
const REFUSAL = /<code>(.+?)<\/code>/;

/** What a site is given. */
export interface Given {
  readonly keeper: Keeper;
  /** What `shutterkey keygen` prints. */
  readonly sealKeys: string;
}

/** A site that is listening. */
export interface Listening {
  close(): unknown;
}

/** What a walk has at hand. */
export interface World extends Given {
  readonly origin: string;
  readonly sandbox: Sandbox;
  readonly app: SandboxApp;
}

/** Serves a site for you, or walks it and ends. */
export async function run(
  listen: (given: Given, port: number) => Promise<Listening>,
  walk: (world: World) => Promise<void> = connect,
): Promise<void> {
  const { values, positionals } = parseArgs({ options: { serve: { type: 'boolean' } }, allowPositionals: true });
  const port = Number(positionals[0] ?? 0) || (await freePort());
  const origin = `http://127.0.0.1:${port}`;
  const sandbox = await Sandbox.start();
  const redirectUri = `${origin}/ig/callback`;
  const app = sandbox.app('instagram', { name: 'Darkroom', redirectUri, allowLoopbackHttp: true });
  const keeper = new Keeper({ client: sandbox.client(app), store: new MemoryStore() });
  const given = { keeper, sealKeys: SealKeys.generate().serialize() };
  const site = await listen(given, port);
  if (values.serve) {
    console.log(`the site      ${origin}/\nthe platform  ${sandbox.baseUrl}/  a sandbox\nCtrl-C ends both.`);
    await Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    await sandbox.close();
    process.exit(); // your browser keeps connections open, and the site would wait for it to close them
  }
  await walk({ ...given, origin, sandbox, app });
  await site.close();
  await sandbox.close();
}

/** Connects an account: the button, the platform, and back. Then tries what must not work. */
export async function connect({ origin, sandbox }: World): Promise<void> {
  const home = await (await fetch(`${origin}/`)).text();
  const action = found(/action="(.+?)"/, home);
  const body = new URLSearchParams({ return_to: found(/name="return_to" value="(.+?)"/, home) });
  const button = { method: 'POST', body, redirect: 'manual' } as const;

  const begun = await fetch(`${origin}${action}`, { ...button, headers: { origin } });
  show('the button', begun, 'to the platform');
  const cookie = begun.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
  const back = await sandbox.approve(begun.headers.get('location') ?? '', { person: 'studio' });
  const ended = await fetch(back, { headers: { cookie }, redirect: 'manual' });
  const onTo = ended.headers.get('location') ?? '';
  show('back from the platform', ended, `on to ${onTo}`);
  const accounts = await fetch(`${origin}${onTo}`);
  show("the site's page", accounts, found(/Connected until [^<,]+/, await accounts.text()));

  const again = await fetch(back, { redirect: 'manual' });
  show('the same answer again', again, found(REFUSAL, await again.text()));
  const foreign = await fetch(`${origin}${action}`, { ...button, headers: { origin: 'https://evil.example' } });
  show("another site's button", foreign, found(REFUSAL, await foreign.text()));
}

/** A line of a walk. */
export function show(step: string, { status }: Response, words = ''): void {
  console.log(`${step.padEnd(24)}${status}  ${words}`.trimEnd());
}

/** What a page says there. A page that does not fails the walk. */
export function found(pattern: RegExp, page: string): string {
  const [whole, part = whole] = pattern.exec(page) ?? [];
  if (part === undefined) throw new Error(`no ${pattern} in ${page}`);
  return part;
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}
