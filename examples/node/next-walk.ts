/**
 * The route handlers under `next/`, called as Next.js calls them. Next.js itself is not installed.
 *
 *     node build/next-walk.js
 */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Sandbox, SealKeys } from 'shutterkey';

const SITE = 'https://site.example';

const sandbox = await Sandbox.start();
const app = sandbox.app('instagram', { redirectUri: `${SITE}/ig/callback` });
const store = await mkdtemp(join(tmpdir(), 'shutterkey-example-'));
Object.assign(process.env, {
  SHUTTERKEY_SANDBOX_URL: sandbox.baseUrl,
  SHUTTERKEY_CLIENT_ID: app.clientId,
  SHUTTERKEY_CLIENT_SECRET: app.revealClientSecret(),
  SHUTTERKEY_REDIRECT_URI: `${SITE}/ig/callback`,
  SHUTTERKEY_STORE: store,
  SITE_KEYS: SealKeys.generate().serialize(),
});
const { GET, POST } = await import('./next/app/ig/[route]/route.ts');
const { keeper } = await import('./next/lib/keeper.ts');

const begun = await POST(new Request(`${SITE}/ig/start`, { method: 'POST', headers: { origin: SITE } }));
console.log(`POST /ig/start     ${begun.status}  to the platform`);
const cookie = begun.headers.getSetCookie()[0]?.split(';', 1)[0] ?? '';
const back = await sandbox.approve(begun.headers.get('location') ?? '', { person: 'bakery' });
const ended = await GET(new Request(back, { headers: { cookie } }));
console.log(`GET /ig/callback   ${ended.status}  on to ${ended.headers.get('location')}`);
const token = await keeper.token('ada');
console.log(`a token of ada's   ${token.kind}, live until ${token.expiresAt?.toISOString().slice(0, 10)}`);

await sandbox.close();
await rm(store, { recursive: true });
