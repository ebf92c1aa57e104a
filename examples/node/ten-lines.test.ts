/** A script is tested as well: its environment is a sandbox's, and so is its network. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Keeper, Sandbox } from 'shutterkey';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';

let sandbox: Sandbox;
let store: string;

beforeEach(async () => {
  sandbox = await Sandbox.start();
  store = await mkdtemp(join(tmpdir(), 'shutterkey-example-'));
  const app = sandbox.app();
  vi.stubEnv('SHUTTERKEY_SANDBOX_URL', sandbox.baseUrl);
  vi.stubEnv('SHUTTERKEY_CLIENT_ID', app.clientId);
  vi.stubEnv('SHUTTERKEY_CLIENT_SECRET', app.revealClientSecret());
  vi.stubEnv('SHUTTERKEY_REDIRECT_URI', 'https://localhost/');
  vi.stubEnv('SHUTTERKEY_STORE', store);
  const send = globalThis.fetch;
  vi.stubGlobal('fetch', (url: string, init: RequestInit) =>
    send(url.replace('https://graph.instagram.com', `${sandbox.baseUrl}/instagram`), init),
  );
});

afterEach(async () => {
  vi.unstubAllGlobals();
  vi.unstubAllEnvs();
  vi.restoreAllMocks();
  await sandbox.close();
  await rm(store, { recursive: true });
});

test('the ten lines say who is connected', async () => {
  const keeper = await Keeper.fromEnv();
  await keeper.importToken(sandbox.mintToken('studio', { age: 2 * 86_400 }).reveal(), { name: 'me' });
  const log = vi.spyOn(console, 'log').mockReturnValue();
  await import('./ten-lines.ts');
  expect(log.mock.calls).toEqual([['studio.sandbox']]);
});
