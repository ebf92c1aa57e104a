/** The backend of an app, as the examples of apps find it: served, at a sandbox that runs already. */

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Sandbox } from 'shutterkey';
import { HandoverStart } from 'shutterkey/protocol';
import { expect, test } from 'vitest';

test('an app connects an account through it', async () => {
  await using sandbox = await Sandbox.start();
  const settings = { SHUTTERKEY_SANDBOX_URL: sandbox.baseUrl, SHUTTERKEY_SANDBOX_CONTROL: sandbox.revealControlToken() };
  const backend = spawn(process.execPath, ['build/app-backend.js', '--serve'], { env: { ...process.env, ...settings } });
  try {
    const [said] = await once(backend.stdout, 'data');
    const post = (route: string, authorization: string, body = ''): Promise<Response> => {
      const headers = { authorization, 'content-type': 'application/json' };
      return fetch(`${String(said).trim()}/instagram/${route}`, { method: 'POST', headers, body });
    };
    const login = HandoverStart.parse(await (await post('handover-start', 'Bearer demo-ada')).text());
    const handover = login.answer(await sandbox.approve(login.url, { person: 'bakery' })).toJson();
    const ended = await post('handover-finish', 'Bearer demo-ada', handover);
    expect(await ended.json()).toMatchObject({ account: { username: 'bakery.sandbox' } });
    expect((await post('handover-start', 'Bearer demo-mallory')).status).toBe(403);
  } finally {
    backend.kill();
  }
});
