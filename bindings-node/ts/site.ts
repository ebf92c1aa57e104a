/** What the routes of a web site decide, for the adapters here and for those that others write. */

import type { InspectOptions } from 'node:util';
import {
  connectionOf,
  keyOf,
  type AccountKey,
  type AppScopedId,
  type Connection,
} from './account.js';
import { loginOptions, partsOf, type AuthorizeOptions, type Client, type ClientParts } from './client.js';
import { present, told, unwrap, type ShutterkeyError } from './errors.js';
import { Handover, redirectOf } from './handover.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { nativeKeeper, type Keeper } from './keeper.js';
import type { AppSecrets } from './meta.js';
import { native, type Native } from './native.js';
import { makePending, type Grant, type PendingAuthorization } from './pending.js';
import { nativeKeys, SealKeys } from './seal.js';
import { maybeDate } from './time.js';

/** The routes of a site that connects accounts. */
export type Route =
  | 'start'
  | 'callback'
  | 'deauthorize'
  | 'data-deletion'
  | 'webhook'
  | 'handover-start'
  | 'handover-finish';

/** What does not follow from the redirect URI. */
export interface SiteSettings {
  /** What seals the cookie that logins wait in, or what `shutterkey keygen` prints: the same for all processes and all clients of a site. */
  readonly sealKeys: SealKeys | string;
  /** The site's own origin, where it is not the redirect URI's: behind a relay page. */
  readonly origin?: string | undefined;
  /** Other origins whose pages may begin a login, by POST. */
  readonly trustedOrigins?: Iterable<string> | undefined;
  /** The folder of all routes but the callback, as the outside sees it; the callback's by default. */
  readonly prefix?: string | undefined;
  /** Where a person goes when the login names no path to return to; `/` by default. */
  readonly home?: string | undefined;
  /** Where the site's app takes answers, where it is not at the redirect URI: an app link that is registered beside that. */
  readonly appRedirectUri?: string | undefined;
  /** Further secrets that may sign what the platform sends: the other of Instagram's and Meta's, and one that was just replaced. */
  readonly appSecrets?: AppSecrets | undefined;
  /** The webhook's, as it is entered in the App Dashboard. Without it the subscription check is refused. */
  readonly verifyToken?: string | undefined;
}

/** A request, copied from a framework's own. */
export interface SiteRequest {
  /** `GET`, `POST`, … */
  readonly method: string;
  /** The raw query, as it came, without its question mark. */
  readonly query?: string | undefined;
  /** All header fields, repeated ones repeated. */
  readonly headers: Iterable<readonly [string, string]>;
  /** The raw body, as it came. */
  readonly body?: Uint8Array | undefined;
}

/** What a request came to beside its response: members without a meaning for its route are absent. */
export interface SiteFindings {
  /** Why it is not what was asked for. */
  readonly error?: ShutterkeyError;
  /** The login that was answered, and its grant (`accept`, `acceptHandover`). */
  readonly pending?: PendingAuthorization;
  /** What completes it. */
  readonly grant?: Grant;
  /** The account that is connected and stored. */
  readonly connection?: Connection;
  /** Whom a callback of the platform is about. */
  readonly userId?: AppScopedId;
  /** When the platform signed it. */
  readonly issuedAt?: Date;
  /** The account that it removed. */
  readonly removed?: AccountKey;
  /** Of a deletion. */
  readonly confirmationCode?: string;
  /** When the deletion was asked for whose status is asked for now. */
  readonly requestedAt?: Date;
  /** Whether the body is a verified delivery of the webhook. */
  readonly isDelivery: boolean;
}

/** What a request came to: the response to send in any case, and what was found. Its header fields hold a state and a cookie, and are not printed. */
export class SiteAnswer {
  /** The status of the response. */
  readonly status: number;
  /** What was found. */
  readonly found: SiteFindings;
  readonly #headers: readonly (readonly [string, string])[];
  readonly #body: string;

  /** @internal */
  constructor(response: Pick<SiteAnswer, 'status' | 'headers' | 'body'>, found: SiteFindings) {
    this.status = response.status;
    this.found = found;
    this.#headers = response.headers;
    this.#body = response.body;
  }

  /** The header fields of the response, each name once. */
  get headers(): readonly (readonly [string, string])[] {
    return this.#headers;
  }

  /** The body of the response. */
  get body(): string {
    return this.#body;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { status, found } = this;
    return shown('SiteAnswer', { status, found }, depth, options, inspect);
  }
}

/**
 * The decisions of one client's routes: who may begin a login, which login an answer belongs to, when the cookie is kept, where
 * the person goes next, what is signed, and what an error looks like. The Host header is never read.
 */
export class SiteRoutes {
  readonly #held: Native.WebRoutes;
  readonly #client: ClientParts;

  /** @throws {@link ShutterkeyError} of family `config`, or `redirect.return_to` */
  constructor(client: Client, settings: SiteSettings) {
    const { sealKeys, trustedOrigins = [], appSecrets = [], ...others } = settings;
    const { origin, prefix, home, appRedirectUri, verifyToken } = others;
    this.#client = partsOf(client);
    const keys = typeof sealKeys === 'string' ? SealKeys.parse(sealKeys) : sealKeys;
    const plain: Native.SiteSettings = {
      trustedOrigins: Array.from(trustedOrigins),
      appSecrets: typeof appSecrets === 'string' ? [appSecrets] : Array.from(appSecrets),
      origin,
      prefix,
      home,
      appRedirectUri,
      verifyToken,
    };
    this.#held = unwrap(native.WebRoutes.build(this.#client.held, nativeKeys(keys), plain));
  }

  /** The path of a route, as the outside sees it. */
  path(route: Route): string {
    return this.#held.path(route);
  }

  /** The address of a route, as it is entered in the App Dashboard. */
  url(route: Route): string {
    return this.#held.url(route);
  }

  /** `start`: begins a login. `session` says who is signed in. */
  start(request: SiteRequest, options: AuthorizeOptions = {}): SiteAnswer {
    return this.#answer(unwrap(this.#held.start(this.#copied(request), loginOptions(options))));
  }

  /** `callback`, for callers who complete the login themselves: nothing is sent to the provider. */
  accept(request: SiteRequest, session?: string): SiteAnswer {
    const copied = this.#copied(request);
    const answer = this.#answer(this.#held.accept(copied, session));
    const { found } = answer;
    if (!found.pending) return answer;
    const now = this.#client.clock.held.now() * 1000;
    return new SiteAnswer(answer, { ...found, grant: found.pending.acceptQuery(copied.query, { now, session }) });
  }

  /** `callback`: completes the login and stores the account, under a name if one is given. */
  async callback(
    keeper: Keeper,
    request: SiteRequest,
    options: { readonly session?: string | undefined; readonly name?: string | undefined } = {},
  ): Promise<SiteAnswer> {
    const { session, name } = options;
    return this.#answer(await this.#held.callback(nativeKeeper(keeper), this.#copied(request), session, name));
  }

  /** `deauthorize`, or `data-deletion` by POST: verified alone, nothing is removed. */
  verify(route: 'deauthorize' | 'data-deletion', request: SiteRequest): SiteAnswer {
    return this.#answer(this.#held.verify(route, this.#copied(request)));
  }

  /** `deauthorize`, or `data-deletion` by POST: removes the account that it is about. */
  async remove(keeper: Keeper, route: 'deauthorize' | 'data-deletion', request: SiteRequest): Promise<SiteAnswer> {
    return this.#answer(await this.#held.remove(nativeKeeper(keeper), route, this.#copied(request)));
  }

  /** `data-deletion` by GET. `words` say how far the deletion has come, where it is not done at once. */
  deletionStatus(request: SiteRequest, words?: string): SiteAnswer {
    return this.#answer(this.#held.deletionStatus(this.#copied(request), words));
  }

  /** `webhook`: the subscription check, or a delivery. */
  webhook(request: SiteRequest): SiteAnswer {
    return this.#answer(this.#held.webhook(this.#copied(request)));
  }

  /** `handover-start`: begins a login that an app shares with this site. `session` says who is signed in. */
  handoverStart(request: SiteRequest, options: AuthorizeOptions = {}): SiteAnswer {
    const copied = this.#copied(request);
    return this.#answer(unwrap(this.#held.handoverStart(copied, options.session, loginOptions(options))));
  }

  /** `handover-finish`, for callers who complete the login themselves: nothing is sent to the provider. */
  acceptHandover(request: SiteRequest, session?: string): SiteAnswer {
    const answer = this.#answer(this.#held.acceptHandover(this.#copied(request), session));
    const { found } = answer;
    if (!found.pending) return answer;
    const now = this.#client.clock.held.now() * 1000;
    const redirectUrl = redirectOf(Handover.parse(new TextDecoder().decode(request.body)));
    return new SiteAnswer(answer, { ...found, grant: found.pending.accept(redirectUrl, { now, session }) });
  }

  /** `handover-finish`: completes the login and stores the account, under a name if one is given. */
  async handoverFinish(
    keeper: Keeper,
    request: SiteRequest,
    options: { readonly session?: string | undefined; readonly name?: string | undefined } = {},
  ): Promise<SiteAnswer> {
    const { session, name } = options;
    return this.#answer(await this.#held.handoverFinish(nativeKeeper(keeper), this.#copied(request), session, name));
  }

  #copied({ method, query = '', headers, body }: SiteRequest): Native.SiteRequest {
    this.#client.clock.tick();
    const copied: Native.SiteRequest = { method, query, headers: Array.from(headers, ([name, value]) => [name, value]) };
    if (body !== undefined) copied.body = body;
    return copied;
  }

  #answer(parts: Native.ServedParts): SiteAnswer {
    const { provider } = this.#client;
    const { connection, removed, pending } = parts;
    return new SiteAnswer(parts, {
      ...present('error', told(parts.failure, provider)),
      ...(pending !== undefined && { pending: makePending(pending) }),
      ...present('connection', connection && connectionOf(connection, provider)),
      ...present('userId', parts.userId as AppScopedId | undefined),
      ...present('issuedAt', maybeDate(parts.issuedAt)),
      ...present('removed', removed && keyOf(removed)),
      ...present('confirmationCode', parts.confirmationCode),
      ...present('requestedAt', maybeDate(parts.requestedAt)),
      isDelivery: parts.delivery,
    });
  }
}
