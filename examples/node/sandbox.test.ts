/** How a program is tested that uses shutterkey: against a sandbox of its own for each test, with a clock to move. */

import { Keeper, MemoryStore, Sandbox, type AccountName } from 'shutterkey';
import { expect, test as base } from 'vitest';

const DAY = 86_400;

const test = base.extend<{ sandbox: Sandbox; keeper: Keeper }>({
  sandbox: async ({}, use) => {
    await using sandbox = await Sandbox.start();
    await use(sandbox);
  },
  // Connected with `studio`, under the name `me`.
  keeper: async ({ sandbox }, use) => {
    const keeper = new Keeper({ client: sandbox.client(), store: new MemoryStore() });
    const login = keeper.authorize();
    await keeper.complete(login.pending, await sandbox.approve(login.url, { person: 'studio' }), { name: 'me' });
    await use(keeper);
  },
});

/** What is tested: yours. */
async function username(keeper: Keeper, account: AccountName, api: string): Promise<string> {
  const token = await keeper.token(account);
  const answer = await fetch(`${api}/me?fields=username`, { headers: { authorization: `Bearer ${token.reveal()}` } });
  await keeper.report(account, answer);
  return ((await answer.json()) as { username: string }).username;
}

const api = ({ baseUrl }: Sandbox): string => `${baseUrl}/instagram/v26.0`;

test('it asks with a live token', async ({ sandbox, keeper }) => {
  expect(await username(keeper, 'me', api(sandbox))).toBe('studio.sandbox');
  expect(sandbox.calls('/me').map(({ status }) => status)).toEqual([200, 200]); // the login's own, and this
});

test('forty days later it is refreshed, once', async ({ sandbox, keeper }) => {
  const { expiresAt } = await keeper.token('me');
  sandbox.clock.advance(40 * DAY);
  await Promise.all([1, 2, 3].map(() => username(keeper, 'me', api(sandbox))));
  await keeper.settle();
  expect(sandbox.calls('refresh_access_token')).toHaveLength(1);
  expect((await keeper.token('me')).expiresAt!.getTime() - expiresAt!.getTime()).toBe(40 * DAY * 1_000);
});

test('the platform is away for a while, and nobody notices', async ({ sandbox, keeper }) => {
  sandbox.fault('refresh_access_token', 503, '', { times: 2 });
  sandbox.clock.advance(40 * DAY);
  expect(await username(keeper, 'me', api(sandbox))).toBe('studio.sandbox');
});

test('a changed password asks for a new login, and says so', async ({ sandbox, keeper }) => {
  const error = { message: 'The session is no longer valid.', type: 'OAuthException', code: 190, error_subcode: 460 };
  sandbox.fault('/me', 400, { error });
  const asked = username(keeper, 'me', api(sandbox));
  await expect(asked).rejects.toMatchObject({ code: 'account.needs_login', reason: 'token.invalidated' });
});

test('a person who says no is no failure', async ({ sandbox, keeper }) => {
  const login = keeper.authorize();
  const refused = await sandbox.approve(login.url, { deny: true });
  await expect(keeper.complete(login.pending, refused)).rejects.toMatchObject({ code: 'denied.by_user' });
});
