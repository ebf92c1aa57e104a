/** What Meta signs, or wants signed, and what its answers mean. Where the app secret is: on a server. */

import type { AppScopedId } from './account.js';
import { answerOf, type ApiAnswer } from './answer.js';
import { check, told, unwrap, type ShutterkeyError } from './errors.js';
import { native } from './native.js';
import { secondsOrNow, toDate, type Moment } from './time.js';

/** One app secret, or several: the current and the previous one, Instagram's and Meta's. */
export type AppSecrets = string | Iterable<string>;

/** A callback that Meta signed. */
export interface SignedRequest {
  /** Whom it is about: see `Keeper.findAppScoped()`. */
  readonly userId: AppScopedId;
  /** When it was signed. */
  readonly issuedAt: Date;
}

/**
 * Verifies the `signed_request` that a deauthorize or data-deletion callback posts.
 *
 * @throws {@link ShutterkeyError} of family `redirect`
 */
export function verifySignedRequest(
  signedRequest: string,
  secrets: AppSecrets,
  options: { readonly now?: Moment | undefined } = {},
): SignedRequest {
  const now = secondsOrNow(options.now);
  const { userId, issuedAt } = unwrap(native.verifySignedRequest(signedRequest, list(secrets), now));
  return { userId: userId as AppScopedId, issuedAt: toDate(issuedAt) };
}

/**
 * Verifies the `X-Hub-Signature-256` of a webhook's delivery. The body is the bytes as they came: what was parsed and written again
 * has another signature.
 *
 * @throws {@link ShutterkeyError}
 */
export function verifyWebhook(body: Uint8Array | string, signature: string | null | undefined, secrets: AppSecrets): void {
  const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : body;
  check(native.verifyWebhook(bytes, signature, list(secrets)));
}

/** Answers the raw query with which Meta sets up a webhook: what to send back. @throws {@link ShutterkeyError} */
export function webhookChallenge(query: string, verifyToken: string): string {
  return unwrap(native.webhookChallenge(query, verifyToken));
}

/** The `appsecret_proof` that a call of the Graph API may carry beside its token. */
export function appsecretProof(appSecret: string, accessToken: string): string {
  return native.appsecretProof(appSecret, accessToken);
}

/** The `sig` of a call of the old platform (2010 to 2020) whose app enforces signed requests. */
export function legacySignature(
  clientSecret: string,
  endpoint: string,
  parameters: Iterable<readonly [string, string]>,
): string {
  return native.legacySignature(
    clientSecret,
    endpoint,
    Array.from(parameters, ([name, value]) => [name, value]),
  );
}

/** What an answer of any Meta or OAuth endpoint means for the token: nothing for a success. `Keeper.report()` also remembers it. */
export async function classify(
  response: Response | ApiAnswer,
  options: { readonly now?: Moment | undefined } = {},
): Promise<ShutterkeyError | undefined> {
  return told(native.classify(await answerOf(response), secondsOrNow(options.now)));
}

function list(secrets: AppSecrets): string[] {
  return typeof secrets === 'string' ? [secrets] : Array.from(secrets);
}
