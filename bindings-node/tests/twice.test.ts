/** The package's modules evaluated twice in one thread, as test runners do that reset modules between tests. */

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Client, PendingAuthorization } from 'shutterkey';

test('a login is checked against itself, however often the package was loaded', async () => {
  const address = new URL('../../lib/pending.js?again', import.meta.url).href;
  const again = (await import(address)) as { PendingAuthorization: typeof PendingAuthorization };
  assert.notEqual(again.PendingAuthorization, PendingAuthorization);
  const client = new Client({ clientId: '990602627938098', redirectUri: 'https://app.example/callback' });
  const begun = [PendingAuthorization, ...Array<typeof PendingAuthorization>(8).fill(again.PendingAuthorization)];
  const redirects = begun.map((its) => {
    const { url, pending } = client.authorize();
    const redirect = `https://app.example/callback?code=AQ0123456789&state=${new URL(url).searchParams.get('state')}`;
    return { pending: its.deserialize(pending.serialize()), redirect };
  });
  for (const { pending, redirect } of redirects) assert.equal(pending.accept(redirect).revealCode(), 'AQ0123456789');
});
