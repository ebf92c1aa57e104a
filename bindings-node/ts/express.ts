/**
 * Routes for Express, and for whatever calls handlers as it does.
 *
 * ```ts
 * app.use('/ig', instagramRoutes({ keeper, sealKeys, onConnected: ({ account }) => link(account.userId) }));
 * ```
 *
 * @packageDocumentation
 */

import type { NextFunction, Request, Response } from 'express';
import { misuse } from './errors.js';
import { bytesOf, headerPairs, rawQuery, Routes, takes, type RouteOptions, type Served } from './routes.js';
import type { Route } from './site.js';

export type { Awaitable, Connected, DataDeletion, Deauthorized, DeletionStatus } from './routes.js';
export type { Route } from './site.js';

/** Options of {@link instagramRoutes}. A hook that has sent a response when it ends has answered the request. */
export type ExpressOptions<Context> = RouteOptions<Context, Request, Response, unknown>;

/** The routes, as a handler. Requests for other paths are passed on. */
export interface ExpressRoutes {
  (request: Request, response: Response, next: NextFunction): void;
  /** The path of a route, as the outside sees it. */
  path(route: Route): string;
  /** The address of a route, as it is entered in the App Dashboard. */
  url(route: Route): string;
}

/**
 * The routes of a keeper: all stand in the folder of the redirect URI. Mount them there, or at the root, and before parsers of
 * bodies, since what is signed are the bytes.
 *
 * @throws {@link ShutterkeyError} of family `config`
 */
export function instagramRoutes<Context = undefined>(options: ExpressOptions<Context>): ExpressRoutes {
  const routes = new Routes(options);
  const handler = (request: Request, response: Response, next: NextFunction): void => {
    const [path = ''] = request.originalUrl.split('?', 1);
    const route = routes.at(path, request.baseUrl === '' ? undefined : request.path);
    if (route === undefined || !takes(route, request.method)) return next();
    serve(routes, route, request, response).catch(next);
  };
  return Object.assign(handler, { path: (route: Route) => routes.path(route), url: (route: Route) => routes.url(route) });
}

async function serve<Context>(
  routes: Routes<Context, Request, Response, unknown>,
  route: Route,
  request: Request,
  response: Response,
): Promise<void> {
  const body = request.method === 'POST' ? await bodyOf(request) : new Uint8Array();
  if (body === undefined) {
    response.statusCode = 413;
    response.end();
    return;
  }
  const copied = {
    method: request.method,
    query: rawQuery(request.originalUrl),
    headers: headerPairs(request),
    body,
  };
  const setCookie = (cookie: string): void => void response.appendHeader('set-cookie', cookie);
  const served = await routes.serve(route, copied, request, response, setCookie);
  if (!response.headersSent) send(response, served);
}

function send(response: Response, { status, headers, body }: Served): void {
  response.statusCode = status;
  for (const [name, value] of headers) if (name !== 'set-cookie') response.setHeader(name, value);
  response.end(body);
}

/** The bytes as they came; `undefined`: too many. */
async function bodyOf(request: Request & { rawBody?: unknown }): Promise<Uint8Array | undefined> {
  for (const kept of [request.rawBody, request.body as unknown]) if (kept instanceof Uint8Array) return kept;
  if (request.readableDidRead) {
    throw misuse(
      'The body of this request was parsed before instagramRoutes saw it, and what is signed are its bytes. Mount instagramRoutes before express.json() and express.urlencoded(), or keep the bytes in request.rawBody.',
    );
  }
  return bytesOf(request);
}
