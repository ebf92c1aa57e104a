/** What the platform signs. */

import { createHmac } from 'node:crypto';
import type { Answer, Site } from './site.js';

/** How a `signed_request` differs from a good one. */
export interface Signing {
  /** The app's own by default. */
  readonly secret?: string;
  /** How many seconds ago it was signed. */
  readonly age?: number;
  readonly algorithm?: string;
}

/** A `signed_request` about somebody, at the sandbox's present. */
export function signedRequest(site: Site, userId: string, signing: Signing = {}): string {
  const { secret = site.app.revealClientSecret()!, age = 0, algorithm = 'HMAC-SHA256' } = signing;
  const issuedAt = Math.floor(site.sandbox.clock.now().getTime() / 1_000) - age;
  const said = JSON.stringify({ user_id: userId, algorithm, issued_at: issuedAt });
  const payload = Buffer.from(said).toString('base64url');
  return `${createHmac('sha256', secret).update(payload).digest('base64url')}.${payload}`;
}

/** The `X-Hub-Signature-256` of a body. */
export function hubSignature(site: Site, body: string | Uint8Array, secret = site.app.revealClientSecret()!): string {
  return `sha256=${createHmac('sha256', secret).update(body).digest('hex')}`;
}

/** Delivers to the webhook, well signed unless a signature is given. */
export function deliver(
  site: Site,
  body: string | Uint8Array,
  headers: Record<string, string> = { 'x-hub-signature-256': hubSignature(site, body) },
): Promise<Answer> {
  return site.send('POST', 'webhook', { 'content-type': 'application/json', ...headers }, body);
}
