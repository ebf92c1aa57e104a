/** Results in the neutral form of the files, and how they are compared. */

import { isDeepStrictEqual } from 'node:util';
import type {
  Account,
  ClientConfig,
  Connection,
  Expiry,
  FacebookPage,
  Grant,
  InstagramAccounts,
  LoggedOut,
  MissingAccounts,
  Moment,
  PendingAuthorization,
  Permissions,
  Provider,
  ShutterkeyError,
  StoredAccount,
  Token,
  TokenInspection,
} from 'shutterkey';
import type { Kept, Reported } from 'shutterkey/operation';
import type { HttpRequest } from 'shutterkey/protocol';
import type { Case, Json, Members } from './files.js';

/** The last moment that a Date can be. */
const LAST = 8.64e12;

export const seconds = (at: Date | undefined): number | undefined => at && Math.floor(at.getTime() / 1000);

function present(members: Record<string, Json | readonly string[] | undefined>): Members {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as Members;
}

export function error(error: ShutterkeyError): Members {
  const { family, code, retry, reason, provider: said } = error;
  return present({
    family,
    code,
    retry: retry.kind,
    after: retry.kind === 'after' ? seconds(retry.at) : undefined,
    address: retry.kind === 'user_action' ? retry.url : undefined,
    reason,
    message: error.summary,
    resumable: error.resumable !== undefined,
    provider:
      said &&
      present({
        status: said.status,
        kind: said.kind,
        code: said.code,
        subcode: said.subcode,
        said: said.said,
        trace_id: said.traceId,
        is_transient: said.isTransient || undefined,
      }),
  });
}

export function config(config: ClientConfig): Members {
  return present({
    provider: config.provider.id,
    client_id: config.clientId,
    redirect_uri: config.redirectUri,
    response_type: config.responseType,
    scopes: config.scopes,
  });
}

export function token(token: Token): Members {
  return present({
    value: token.reveal(),
    kind: token.kind,
    scopes: token.scopes,
    issued_at: seconds(token.issuedAt),
    expiry: expiry(token.expiry),
    data_access_until: seconds(token.dataAccessUntil),
    refresh_token: token.revealRefreshToken(),
  });
}

function expiry(expiry: Expiry): Json {
  return expiry.kind === 'at' ? { at: seconds(expiry.at)! } : expiry.kind;
}

export function inspection(inspection: TokenInspection): Members {
  // The sentences of errors are not compared in every case.
  const { message: _, ...said } = inspection.error ? error(inspection.error) : {};
  return present({
    is_valid: inspection.isValid,
    app_id: inspection.appId,
    application: inspection.application,
    kind: inspection.kind,
    user_id: inspection.userId,
    profile_id: inspection.profileId,
    scopes: inspection.scopes,
    granular_scopes: inspection.granularScopes.map(({ scope, targetIds }) => present({ scope, target_ids: targetIds })),
    issued_at: seconds(inspection.issuedAt),
    expiry: expiry(inspection.expiry),
    data_access: expiry(inspection.dataAccess),
    error: inspection.error && (said as Members),
  });
}

export function permissions({ granted, declined, expired }: Permissions): Members {
  return present({ granted, declined, expired });
}

export function instagramAccounts(found: InstagramAccounts): Members {
  return present({
    accounts: found.accounts.map((each) => present({ account: account(each.account), page: each.page && page(each.page) })),
    unlinked: found.unlinked.map(page),
    reason: found.reason && missing(found.reason),
    note: found.note && missing(found.note),
  });
}

function page(page: FacebookPage): Members {
  return present({ id: page.id, name: page.name, token: page.token && token(page.token) });
}

function missing({ kind, permission, pages, message }: MissingAccounts): Members {
  return present({ kind, permission, pages, message });
}

export function life(token: Token, now: Moment): Members {
  const until = seconds(token.expiresAt);
  const validity = !token.isLive(now) ? 'expired' : until === undefined ? 'live' : { live_until: until };
  const refreshable = token.refreshable(now);
  switch (refreshable.kind) {
    case 'now':
      return { validity, refresh: 'now' };
    case 'not_before':
      return { validity, refresh: { not_before: seconds(refreshable.at)! } };
    case 'impossible':
      return { validity, refresh: { impossible: refreshable.reason } };
  }
}

export function account(account: Account): Members {
  return present({
    user_id: account.userId,
    app_scoped_id: account.appScopedId,
    username: account.username,
    name: account.name,
    account_type: account.accountType,
  });
}

export function connection(connection: Connection): Members {
  const { key, context } = connection;
  return present({
    key: [key.provider, key.appId, key.userId].join('/'),
    account: account(connection.account),
    token: token(connection.token),
    missing_scopes: connection.missingScopes,
    context: context && Buffer.from(context).toString(),
    return_to: connection.returnTo,
  });
}

function state({ state }: StoredAccount): Json {
  switch (state.kind) {
    case 'live':
      return 'live';
    case 'login_needed_by':
      return { login_needed_by: seconds(state.by)! };
    case 'needs_login':
      return { needs_login: state.reason };
    case 'blocked':
      return { blocked: state.reason, recheck: seconds(state.recheckAt)! };
  }
}

export function kept(kept: Kept): Members {
  return present({
    token: kept.account.token.reveal(),
    state: state(kept.account),
    refreshed: kept.refreshed,
    stalled: kept.stalled,
    at_risk: seconds(kept.atRisk),
    problem: kept.problem?.code,
  });
}

export function reported(reported: Reported): Members {
  return present({ changed: reported.changed, state: state(reported.account), meaning: reported.meaning?.code });
}

export function loggedOut({ revoked, problem }: LoggedOut): Members {
  return present({ revoked, problem: problem?.code });
}

export function grant(grant: Grant): Members {
  return present({
    code: grant.revealCode(),
    access_token: grant.revealAccessToken(),
    long_lived_token: grant.revealLongLivedToken(),
  });
}

export function pending(pending: PendingAuthorization): Members {
  return present({
    provider: pending.provider,
    redirect_uri: pending.redirectUri,
    response_type: pending.responseType,
    created_at: seconds(pending.createdAt),
    expires_at: seconds(pending.expiresAt),
    handle: pending.handle,
    context: pending.context && Buffer.from(pending.context).toString(),
    return_to: pending.returnTo,
    expect_account: pending.expectedAccount,
  });
}

export function request(request: HttpRequest): Members {
  return present({
    method: request.method,
    url: request.url,
    headers: Object.fromEntries(request.headers),
    body: request.body,
    replay_safe: request.replaySafe,
  });
}

export function provider(provider: Provider): Members {
  return present({
    origin: provider.origin,
    authorize: provider.authorizeEndpoint,
    token: provider.tokenEndpoint,
    revoke: provider.revocationEndpoint,
    issuer: provider.issuer,
    iss_promised: provider.issuerPromised,
    pkce: provider.pkce,
    secret_in_body: provider.secretInBody,
  });
}

/** How a result differs from the stated one: a value must be equal; of an error, the stated members must be. */
export function disagreement(stated: Case['result'], found: Case['result']): string | undefined {
  const agree =
    'error' in stated
      ? 'error' in found && contains(found.error, withinDate(stated.error))
      : isDeepStrictEqual(found, withinDate(stated));
  return agree ? undefined : `stated ${JSON.stringify(stated)}, found ${JSON.stringify(found)}`;
}

/** The same with moments that no Date can be at its ends. */
function withinDate(stated: Json): Json {
  if (typeof stated === 'number') return Math.min(Math.max(stated, -LAST), LAST);
  if (Array.isArray(stated)) return stated.map(withinDate);
  if (typeof stated !== 'object' || stated === null) return stated;
  return Object.fromEntries(Object.entries(stated).map(([name, value]) => [name, withinDate(value)]));
}

/** Whether everything that is stated is there, whatever else is. */
export function contains(whole: Json | undefined, part: Json): boolean {
  if (typeof whole !== 'object' || whole === null || Array.isArray(whole)) return isDeepStrictEqual(whole, part);
  if (typeof part !== 'object' || part === null || Array.isArray(part)) return false;
  return Object.entries(part).every(([name, value]) => contains(whole[name], value));
}
