/** The Instagram accounts that a token leads to. */

import { accountOf, type Account } from './account.js';
import { present } from './errors.js';
import type { Native } from './native.js';
import { makeToken, type Token } from './token.js';

/** The Instagram accounts that a token leads to, and why there are none or not all. */
export interface InstagramAccounts {
  /** The accounts, in the platform's order. */
  readonly accounts: readonly InstagramAccount[];
  /** The Pages without a linked professional account. */
  readonly unlinked: readonly FacebookPage[];
  /** Why there is no account. Present if and only if there is none. */
  readonly reason?: MissingAccounts;
  /** Why there may be more Pages, and with them accounts, than these. */
  readonly note?: MissingAccounts;
}

/** A professional Instagram account, and how it is reached. */
export interface InstagramAccount {
  /** The account. Its id is the one for publishing and webhooks. */
  readonly account: Account;
  /** The Facebook Page that it is linked to, with the Page's token; none with Instagram Login, which needs no Page. */
  readonly page?: FacebookPage;
}

/** A Facebook Page. */
export interface FacebookPage {
  /** Its id. */
  readonly id: string;
  /** Its name. */
  readonly name?: string;
  /**
   * Its own token, where the person's role gives one. Calls that act for the Page are made with it, and an `appsecret_proof` is
   * made over it.
   */
  readonly token?: Token;
}

/** Why Instagram accounts are missing from a list. */
export interface MissingAccounts {
  /** What is the matter. */
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

/** A Page of the person's list. */
export interface ListedPage {
  /** The Page. */
  readonly page: FacebookPage;
  /** The professional Instagram account that is linked to it, where one is. */
  readonly account?: Account;
}

/** A part of the person's list of Pages. */
export interface PagesAnswer {
  /** The Pages, in order. */
  readonly pages: readonly ListedPage[];
  /** From where the list goes on; without it, the list is over. */
  readonly after?: string;
}

/** @internal */
export function accountsOf(parts: Native.InstagramAccountsParts, provider: Native.Provider): InstagramAccounts {
  return {
    accounts: parts.accounts.map(({ account, page }) => ({
      account: accountOf(account),
      ...present('page', page && pageOf(page, provider)),
    })),
    unlinked: parts.unlinked.map((page) => pageOf(page, provider)),
    ...present('reason', parts.reason as MissingAccounts | undefined),
    ...present('note', parts.note as MissingAccounts | undefined),
  };
}

/** @internal */
export function pagesOf({ pages, after }: Native.PagesAnswerParts, provider: Native.Provider): PagesAnswer {
  const listed = pages.map(({ page, account }) => ({
    page: pageOf(page, provider),
    ...present('account', account && accountOf(account)),
  }));
  return { pages: listed, ...present('after', after) };
}

function pageOf({ id, name, token }: Native.PageParts, provider: Native.Provider): FacebookPage {
  return { id, ...present('name', name), ...present('token', token === undefined ? undefined : makeToken(token, provider)) };
}
