/** What a token is, and what was granted. */

import type { UserId } from './account.js';
import { present, told, type ShutterkeyError } from './errors.js';
import type { Native } from './native.js';
import { maybeDate, toDate } from './time.js';
import type { Expiry } from './token.js';

/**
 * What the platform says about a token (Meta's `debug_token`). That it is valid does not say that it is yours: compare `appId` with
 * your own before you take a token from somebody else.
 */
export interface TokenInspection {
  /** Whether the platform would accept it. */
  readonly isValid: boolean;
  /** The app that it was made for. Threads' answers show none. */
  readonly appId?: string;
  /** The name of that app. */
  readonly application?: string;
  /** What kind of token it is: `user`, `page`, `app`, `system_user`, or another word as the platform wrote it. */
  readonly kind?: string;
  /** Whose it is, as that app sees the person. */
  readonly userId?: UserId;
  /** The Page that it acts for. */
  readonly profileId?: string;
  /** What was granted. */
  readonly scopes: readonly string[];
  /** Which of it was granted for some Pages or accounts only. */
  readonly granularScopes: readonly GranularScope[];
  /** When it was issued. Not all answers say. */
  readonly issuedAt?: Date;
  /** When it expires. */
  readonly expiry: Expiry;
  /** When data stop being readable with it (Facebook's 90 days without activity). */
  readonly dataAccess: Expiry;
  /** Why it is not valid, the same as when a call with the token fails. */
  readonly error?: ShutterkeyError;
}

/** A permission, and what it was granted for. */
export interface GranularScope {
  /** The permission. */
  readonly scope: string;
  /** The Pages or accounts; without them: all, those to come as well. */
  readonly targetIds?: readonly string[];
}

/** What became of each permission that was ever asked for. */
export interface Permissions {
  /** Those that the token has. */
  readonly granted: readonly string[];
  /** Those that the person refused, or took back. */
  readonly declined: readonly string[];
  /** Those that lapsed: Meta takes back what was not used for 90 days. */
  readonly expired: readonly string[];
}

/** @internal */
export function inspectionOf(parts: Native.InspectionParts): TokenInspection {
  return {
    isValid: parts.isValid,
    ...present('appId', parts.appId),
    ...present('application', parts.application),
    ...present('kind', parts.kind),
    ...present('userId', parts.userId as UserId | undefined),
    ...present('profileId', parts.profileId),
    scopes: parts.scopes,
    granularScopes: parts.granularScopes.map(({ scope, targetIds }) => ({ scope, ...present('targetIds', targetIds) })),
    ...present('issuedAt', maybeDate(parts.issuedAt)),
    expiry: expiryOf(parts.expiry),
    dataAccess: expiryOf(parts.dataAccess),
    ...present('error', told(parts.error)),
  };
}

function expiryOf({ kind, at }: Native.ExpiryParts): Expiry {
  return at === undefined ? { kind: kind as 'never' | 'unknown' } : { kind: 'at', at: toDate(at) };
}
