/** What Meta's Graph APIs say about a token beyond whose it is. */

import { accountOf, type Account } from './account.js';
import { told, type ShutterkeyError } from './errors.js';
import type { Native } from './native.js';
import { maybeDate } from './time.js';
import { makeToken, type Token } from './token.js';

/** What is known of an end: `at` a moment that is given, `never`, or `unknown`. */
export type EndKind = 'at' | 'never' | 'unknown';

/** A permission, and what it was granted for. */
export interface GranularScope {
  readonly scope: string;
  /** The Pages or accounts; absent: all of them, those to come as well. */
  readonly targetIds?: readonly string[];
}

/** What the platform says of a token (Meta's `debug_token`). */
export interface TokenInspection {
  /** Whether it lives. */
  readonly isValid: boolean;
  /** The app that it was made for. Threads does not say. */
  readonly appId?: string;
  /** That app's name. */
  readonly application?: string;
  /** `user`, `page`, `app`, `system_user`, or the platform's own word. */
  readonly kind?: string;
  /** Whose it is, as that app sees the person. */
  readonly userId?: string;
  /** The Page that it acts for. */
  readonly profileId?: string;
  /** What was granted. */
  readonly scopes: readonly string[];
  /** Which of it was granted for some Pages or accounts only. */
  readonly granularScopes: readonly GranularScope[];
  readonly issuedAt?: Date;
  readonly expiry: EndKind;
  readonly expiresAt?: Date;
  /** When data stop being readable with it: Facebook's 90 days without activity. */
  readonly dataAccess: EndKind;
  readonly dataAccessUntil?: Date;
  /** Why it is not valid: an error that was not thrown. */
  readonly error?: ShutterkeyError;
}

/** A Facebook Page. */
export interface FacebookPage {
  readonly id: string;
  readonly name?: string;
  /** Its own token, where the person's role gives one. */
  readonly token?: Token;
}

/** A professional Instagram account, and how it is reached. */
export interface InstagramAccount {
  readonly account: Account;
  /** The Page that it is linked to; absent with Instagram Login, which needs none. */
  readonly page?: FacebookPage;
}

/** Why Instagram accounts are missing from a list. */
export interface MissingAccounts {
  readonly kind:
    | 'missing_permission'
    | 'declined_permission'
    | 'expired_permission'
    | 'portfolio_pages'
    | 'no_pages'
    | 'not_linked';
  /** The permission that it is about. */
  readonly permission?: string;
  /** How many Pages there are, for `not_linked`. */
  readonly pages?: number;
  /** What is the matter, in a sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly hint: string;
}

/** The Instagram accounts that a token leads to, and why there are none or not all. */
export interface InstagramAccounts {
  readonly accounts: readonly InstagramAccount[];
  /** The Pages without a linked professional account. */
  readonly unlinked: readonly FacebookPage[];
  /** Why there is no account. Present if and only if there is none. */
  readonly reason?: MissingAccounts;
  /** Why there may be more Pages, and with them accounts, than these. */
  readonly note?: MissingAccounts;
}

/** What became of each permission that was ever asked for. */
export interface Permissions {
  readonly granted: readonly string[];
  readonly declined: readonly string[];
  /** Meta takes back what was not used for 90 days. */
  readonly expired: readonly string[];
}

/** Without what is null or undefined. */
function plain<T extends object>(parts: T): { [K in keyof T]: NonNullable<T[K]> } {
  const entries = Object.entries(parts).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(entries) as { [K in keyof T]: NonNullable<T[K]> };
}

/** @internal */
export function inspectionOf(parts: Native.InspectionParts, provider: Native.Provider): TokenInspection {
  return plain({
    ...parts,
    granularScopes: parts.granularScopes.map(plain),
    issuedAt: maybeDate(parts.issuedAt),
    expiresAt: maybeDate(parts.expiresAt),
    dataAccessUntil: maybeDate(parts.dataAccessUntil),
    error: told(parts.error, provider),
  }) as TokenInspection;
}

/** @internal */
export function accountsOf(parts: Native.AccountsParts, provider: Native.Provider): InstagramAccounts {
  const pageOf = ({ token, ...page }: Native.PageParts): FacebookPage =>
    plain({ ...page, token: token ? makeToken(token, provider) : undefined }) as FacebookPage;
  return plain({
    accounts: parts.accounts.map(({ account, page }) =>
      plain({ account: accountOf(account), page: page ? pageOf(page) : undefined }),
    ),
    unlinked: parts.unlinked.map(pageOf),
    reason: parts.reason ? plain(parts.reason) : undefined,
    note: parts.note ? plain(parts.note) : undefined,
  }) as InstagramAccounts;
}
