/**
 * What the adapters to web frameworks share: which hooks are called when. What a request may do and what is answered is decided in
 * the core.
 */

import type { IncomingMessage } from 'node:http';
import type { AccountKey, AppScopedId, Connection } from './account.js';
import type { AuthorizeOptions } from './client.js';
import type { ShutterkeyError } from './errors.js';
import type { Keeper } from './keeper.js';
import { SiteRoutes, type Route, type SiteAnswer, type SiteRequest, type SiteSettings } from './site.js';

/** A value, or the promise of one. */
export type Awaitable<T> = T | PromiseLike<T>;

/** A connection, with what `context` had answered when the login began. */
export interface Connected<Context> extends Omit<Connection, 'context'> {
  /** What `context` had answered, as JSON carries it. */
  readonly context: Context;
}

/** The person removed the app; the keeper has removed the account. */
export interface Deauthorized {
  /** Whom it is about: the id that this app alone sees. */
  readonly userId: AppScopedId;
  /** When the platform signed it. */
  readonly issuedAt: Date;
  /** The account that was removed, if there was one. */
  readonly removed?: AccountKey;
}

/** The person wants everything deleted; the keeper has removed the account. */
export interface DataDeletion extends Deauthorized {
  /** What the person can ask for the status with. */
  readonly confirmationCode: string;
}

/** Somebody asks how far a deletion is. */
export interface DeletionStatus {
  /** Of the deletion. */
  readonly confirmationCode: string;
  /** When it was asked for. */
  readonly requestedAt: Date;
}

/**
 * The routes with which people connect their accounts, for one keeper. `Request` and `Reply` are the framework's; `Own` is what
 * a hook may answer in place of the redirect or the page.
 */
export interface RouteOptions<Context, Request, Reply, Own> extends SiteSettings {
  /** Where accounts are stored. */
  readonly keeper: Keeper;
  /**
   * Who is signed in at this site, or nothing. A login is bound to it, and the account is stored under it. An app whose user is
   * nobody is refused.
   */
  readonly name?: ((request: Request, reply: Reply) => Awaitable<string | null | undefined>) | undefined;
  /** Small data that comes back with the connection; at most 256 bytes as JSON. */
  readonly context?: ((request: Request, reply: Reply) => Awaitable<Context>) | undefined;
  /** What every login is begun with, such as `requiredScopes`. */
  readonly authorize?: Omit<AuthorizeOptions, 'context' | 'returnTo' | 'session'> | undefined;
  /** A login is completed and stored: by its browser's way back (`callback`), or by an app (`handover-finish`). */
  readonly onConnected?:
    | ((connection: Connected<Context>, request: Request, reply: Reply, route: Route) => Awaitable<Own | void>)
    | undefined;
  /** The person removed the app. */
  readonly onDeauthorized?: ((callback: Deauthorized, request: Request, reply: Reply) => Awaitable<void>) | undefined;
  /** The person wants everything deleted: do it, or note it down, before this returns. */
  readonly onDataDeletion?: ((deletion: DataDeletion, request: Request, reply: Reply) => Awaitable<void>) | undefined;
  /** What the status page says, where a deletion takes longer. */
  readonly deletionStatus?:
    | ((deletion: DeletionStatus, request: Request, reply: Reply) => Awaitable<string | undefined>)
    | undefined;
  /** A verified delivery of the webhook: a JSON object. */
  readonly onWebhook?: ((payload: unknown, request: Request, reply: Reply) => Awaitable<void>) | undefined;
  /** A request was refused, or a login did not come about. The error holds no secret. */
  readonly onError?:
    | ((error: ShutterkeyError, request: Request, reply: Reply, route: Route) => Awaitable<Own | void>)
    | undefined;
}

/** The most that a body may have, in bytes. A delivery of a webhook holds up to a thousand updates. */
export const BODY_CAP = 1 << 20;

/** The methods of each route. */
export const METHODS: Readonly<Record<Route, readonly ('GET' | 'POST')[]>> = {
  start: ['GET', 'POST'],
  callback: ['GET'],
  deauthorize: ['POST'],
  'data-deletion': ['GET', 'POST'],
  webhook: ['GET', 'POST'],
  'handover-start': ['POST'],
  'handover-finish': ['POST'],
};

/** All of them. */
export const ROUTES = Object.keys(METHODS) as Route[];

/** Whether a route has a method. HEAD is asked of whatever has GET; the core refuses it where a GET does something. */
export function takes(route: Route, method: string): boolean {
  const methods: readonly string[] = METHODS[route];
  return methods.includes(method === 'HEAD' ? 'GET' : method);
}

/** What is sent. */
export interface Served {
  readonly status: number;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  /** What a hook answered. */
  readonly own: unknown;
}

/** The routes of one site, with its hooks. */
export class Routes<Context, Request, Reply, Own> {
  readonly #site: SiteRoutes;
  readonly #options: RouteOptions<Context, Request, Reply, Own>;

  constructor(options: RouteOptions<Context, Request, Reply, Own>) {
    this.#options = options;
    this.#site = new SiteRoutes(options.keeper.client, options);
  }

  /** The path of a route, as the outside sees it. */
  path(route: Route): string {
    return this.#site.path(route);
  }

  /** The address of a route, as it is entered in the App Dashboard. */
  url(route: Route): string {
    return this.#site.url(route);
  }

  /** The route of a whole path; or, below a folder that the framework knows and this does not, of the last part of it. */
  at(path: string, below?: string): Route | undefined {
    const whole = ROUTES.find((route) => path === this.path(route));
    if (whole !== undefined || below === undefined) return whole;
    return ROUTES.find((route) => below === lastPart(this.path(route)));
  }

  /** Serves a request. `setCookie` is called before a hook that may answer by itself. */
  async serve(
    route: Route,
    copied: SiteRequest,
    request: Request,
    reply: Reply,
    setCookie?: (cookie: string) => void,
  ): Promise<Served> {
    const answer = await this.#answer(route, copied, request, reply);
    const cookie = answer.headers.find(([name]) => name === 'set-cookie')?.[1];
    if (cookie !== undefined) setCookie?.(cookie);
    const own = await this.#hook(route, answer, copied, request, reply);
    return { status: answer.status, headers: answer.headers, body: answer.body, own };
  }

  async #answer(route: Route, copied: SiteRequest, request: Request, reply: Reply): Promise<SiteAnswer> {
    const { keeper } = this.#options;
    switch (route) {
      case 'start':
        return this.#site.start(copied, await this.#login(request, reply));
      case 'callback': {
        const name = await this.#name(request, reply);
        return this.#site.callback(keeper, copied, { session: name, name });
      }
      case 'webhook':
        return this.#site.webhook(copied);
      case 'handover-start':
        return this.#site.handoverStart(copied, await this.#login(request, reply));
      case 'handover-finish': {
        const name = await this.#name(request, reply);
        return this.#site.handoverFinish(keeper, copied, { session: name, name });
      }
      case 'data-deletion':
        if (copied.method !== 'POST') return this.#deletionStatus(copied, request, reply);
    }
    return this.#site.remove(keeper, route, copied);
  }

  async #login(request: Request, reply: Reply): Promise<AuthorizeOptions> {
    const session = await this.#name(request, reply);
    const context = await this.#options.context?.(request, reply);
    const bytes = context === undefined ? undefined : new TextEncoder().encode(JSON.stringify(context));
    return { ...this.#options.authorize, session, context: bytes };
  }

  async #name(request: Request, reply: Reply): Promise<string | undefined> {
    return (await this.#options.name?.(request, reply)) ?? undefined;
  }

  async #deletionStatus(copied: SiteRequest, request: Request, reply: Reply): Promise<SiteAnswer> {
    const answer = this.#site.deletionStatus(copied);
    const { confirmationCode, requestedAt } = answer.found;
    if (confirmationCode === undefined || requestedAt === undefined) return answer;
    const words = await this.#options.deletionStatus?.({ confirmationCode, requestedAt }, request, reply);
    return words === undefined ? answer : this.#site.deletionStatus(copied, words);
  }

  async #hook(
    route: Route,
    answer: SiteAnswer,
    copied: SiteRequest,
    request: Request,
    reply: Reply,
  ): Promise<unknown> {
    const { onConnected, onDeauthorized, onDataDeletion, onWebhook, onError } = this.#options;
    const { error, connection, isDelivery, userId, issuedAt, removed, confirmationCode } = answer.found;
    if (error) return onError?.(error, request, reply, route);
    if (connection) return onConnected?.(withContext<Context>(connection), request, reply, route);
    // What these end in, such as the response of a call of theirs, is not for the platform.
    if (isDelivery) await onWebhook?.(JSON.parse(new TextDecoder().decode(copied.body)), request, reply);
    if (userId === undefined || issuedAt === undefined) return undefined;
    const callback = { userId, issuedAt, ...(removed && { removed }) };
    if (confirmationCode === undefined) await onDeauthorized?.(callback, request, reply);
    else await onDataDeletion?.({ ...callback, confirmationCode }, request, reply);
    return undefined;
  }
}

function withContext<Context>({ context, ...connection }: Connection): Connected<Context> {
  const said = context && (JSON.parse(new TextDecoder().decode(context)) as Context);
  return { ...connection, context: said as Context };
}

/** The query of an address, without its question mark, as it came. */
export function rawQuery(address: string): string {
  const begins = address.indexOf('?');
  return begins < 0 ? '' : address.slice(begins + 1);
}

/** `/callback` of `/ig/callback`. */
export function lastPart(path: string): string {
  return path.slice(path.lastIndexOf('/'));
}

/** Header fields, repeated ones repeated. What plays a server on a platform without sockets may have no raw ones. */
export function headerPairs({ rawHeaders: raw, headers }: IncomingMessage): [string, string][] {
  const pairs: [string, string][] = [];
  for (let at = 0; at + 1 < raw.length; at += 2) pairs.push([raw[at] as string, raw[at + 1] as string]);
  if (pairs.length > 0) return pairs;
  for (const [name, value = []] of Object.entries(headers)) for (const one of [value].flat()) pairs.push([name, one]);
  return pairs;
}

/** A body as it came; `undefined`: too large. It is read to its end all the same, or who sends it would not get to our answer. */
export async function bytesOf(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array | undefined> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.length;
    if (length <= BODY_CAP) kept.push(chunk);
  }
  return length > BODY_CAP ? undefined : Buffer.concat(kept, length);
}
