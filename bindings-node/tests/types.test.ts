/** What the compiler refuses: each `@ts-expect-error` is an error if the line below it compiles. */

import { test } from 'node:test';
import type {
  Account,
  AppScopedId,
  Connection,
  ErrorCode,
  Family,
  Keeper,
  Retry,
  ShutterkeyError,
  Token,
  UserId,
} from 'shutterkey';
import type { instagramRoutes } from 'shutterkey/express';

/** Compiled, never called. */
export async function compiles(
  keeper: Keeper,
  account: Account,
  connection: Connection,
  error: ShutterkeyError,
  routes: typeof instagramRoutes,
): Promise<void> {
  // Ids of different kinds are not each other's, and none is a number.
  await keeper.token(account.userId);
  await keeper.token('me');
  await keeper.token(connection.key);
  // @ts-expect-error: the id that one app alone sees names no account of a store
  await keeper.token(account.appScopedId!);
  // @ts-expect-error: a callback is about an app-scoped id
  await keeper.findAppScoped(account.userId);
  // @ts-expect-error: an id is exact digits
  await keeper.token(17841400000000001);
  // @ts-expect-error: one kind of id is not assigned to the other
  const scoped: AppScopedId = account.userId;
  const user: UserId = account.userId;

  // Codes, families and advice are literals.
  const code: ErrorCode = 'redirect.state_mismatch';
  // @ts-expect-error: there is no such code
  const wrong: ErrorCode = 'redirect.nonsense';
  const family: Family = 'redirect';
  if (error.is('throttled')) {
    // @ts-expect-error: a code of another family
    void (error.code === 'redirect.state_mismatch');
  }
  const advice = (retry: Retry): string => {
    switch (retry.kind) {
      case 'after':
        return retry.at.toISOString();
      case 'user_action':
        return retry.url;
      case 'never':
      case 'backoff':
      case 'login':
      case 'reconsent':
      case 'fix_config':
        // @ts-expect-error: there is no moment in these
        return String(retry.at);
    }
  };

  // A token is no text.
  const token: Token = await keeper.token('me');
  // @ts-expect-error: reveal() is the only way
  const text: string = token;
  // @ts-expect-error: its value is no member
  void token.value;

  // What context answers is what comes back.
  routes({
    keeper,
    sealKeys: 'key',
    context: (request) => ({ tenant: request.get('x-tenant') ?? 'none' }),
    onConnected: ({ context, missingScopes }) => {
      const tenant: string = context.tenant;
      // @ts-expect-error: nothing else was bound
      void context.user;
      void [tenant, missingScopes];
    },
  });
  void [scoped, user, code, wrong, family, advice, text];
}

test('what the compiler has to refuse is refused: this file compiles', () => {});
