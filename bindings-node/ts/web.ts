/**
 * Routes for whatever hands out a `Request` and takes a `Response`: route handlers of Next.js, Hono, SvelteKit, `Bun.serve`.
 *
 * ```ts
 * // app/ig/[route]/route.ts
 * export const { GET, POST } = instagramRoutes({ keeper, sealKeys, onConnected: ({ account }) => link(account.userId) });
 * ```
 *
 * @packageDocumentation
 */

import { misuse } from './errors.js';
import { bytesOf, lastPart, METHODS, rawQuery, Routes, takes, type RouteOptions, type Served } from './routes.js';
import type { Route } from './site.js';

export type { Awaitable, Connected, DataDeletion, Deauthorized, DeletionStatus } from './routes.js';
export { SiteAnswer, SiteRoutes, type Route, type SiteFindings, type SiteRequest, type SiteSettings } from './site.js';

/**
 * Options of {@link instagramRoutes}. A hook may answer a `Response` in place of ours. What the framework passes beside a
 * request is passed on to the hooks: the context of Hono, for instance.
 */
export type WebOptions<Context, Beside = unknown> = RouteOptions<Context, Request, Beside, Response>;

/** The routes, as handlers. */
export interface WebRoutes<Beside = unknown> {
  /** Answers any request: 404 for a path that is none of the routes. */
  fetch(request: Request, beside?: Beside): Promise<Response>;
  /** The same, by the names of Next.js. */
  readonly GET: (request: Request, beside?: Beside) => Promise<Response>;
  /** The same, by the names of Next.js. */
  readonly POST: (request: Request, beside?: Beside) => Promise<Response>;
  /** The path of a route, as the outside sees it. */
  path(route: Route): string;
  /** The address of a route, as it is entered in the App Dashboard. */
  url(route: Route): string;
}

/**
 * The routes of a keeper: all stand in the folder of the redirect URI.
 *
 * @throws {@link ShutterkeyError} of family `config`
 */
export function instagramRoutes<Context = undefined, Beside = unknown>(
  options: WebOptions<Context, Beside>,
): WebRoutes<Beside> {
  const routes = new Routes(options);
  const fetch = (request: Request, beside?: Beside): Promise<Response> => serve(routes, request, beside as Beside);
  return {
    fetch,
    GET: fetch,
    POST: fetch,
    path: (route) => routes.path(route),
    url: (route) => routes.url(route),
  };
}

async function serve<Context, Beside>(
  routes: Routes<Context, Request, Beside, Response>,
  request: Request,
  beside: Beside,
): Promise<Response> {
  const { pathname } = new URL(request.url);
  const route = routes.at(pathname, lastPart(pathname));
  if (route === undefined) return new Response(null, { status: 404 });
  if (!takes(route, request.method)) {
    return new Response(null, { status: 405, headers: { allow: METHODS[route].join(', ') } });
  }
  const body = await bodyOf(request);
  if (body === undefined) return new Response(null, { status: 413 });
  const copied = { method: request.method, query: rawQuery(request.url), headers: Array.from(request.headers), body };
  const served = await routes.serve(route, copied, request, beside);
  return served.own instanceof Response ? withCookie(served.own, served) : ours(served);
}

function ours({ status, headers, body }: Served): Response {
  return new Response(body === '' ? null : body, { status, headers: headers.map(([name, value]) => [name, value]) });
}

/** A redirect made by `Response.redirect` has headers that cannot be written to. */
function withCookie(own: Response, { headers }: Served): Response {
  const response = new Response(own.body, own);
  for (const [name, value] of headers) if (name === 'set-cookie') response.headers.append(name, value);
  return response;
}

/** The bytes as they came; `undefined`: too many. */
async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  if (request.bodyUsed) {
    throw misuse(
      'The body of this Request was read before instagramRoutes saw it, and what is signed are its bytes: pass the Request on as it came, or request.clone().',
    );
  }
  return bytesOf((request.body ?? []) as AsyncIterable<Uint8Array>);
}
