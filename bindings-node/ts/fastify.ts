/**
 * Routes for Fastify.
 *
 * ```ts
 * await app.register(instagramRoutes({ keeper, sealKeys, onConnected: ({ account }) => link(account.userId) }));
 * ```
 *
 * @packageDocumentation
 */

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { misuse } from './errors.js';
import { BODY_CAP, headerPairs, lastPart, METHODS, rawQuery, Routes, ROUTES, type RouteOptions } from './routes.js';
import type { Route } from './site.js';

export type { Awaitable, Connected, DataDeletion, Deauthorized, DeletionStatus } from './routes.js';
export type { Route } from './site.js';

/** Options of {@link instagramRoutes}. A hook that has sent the reply, or hijacked it, when it ends has answered the request. */
export type FastifyOptions<Context> = RouteOptions<Context, FastifyRequest, FastifyReply, unknown>;

/** The routes, as a plugin. Parsers of bodies that others registered do not apply to them. */
export interface FastifyRoutes {
  (app: FastifyInstance): Promise<void>;
  /** The path of a route, as the outside sees it. */
  path(route: Route): string;
  /** The address of a route, as it is entered in the App Dashboard. */
  url(route: Route): string;
}

/**
 * The routes of a keeper: all stand in the folder of the redirect URI, or below the prefix that the plugin is registered with.
 *
 * @throws {@link ShutterkeyError} of family `config`
 */
export function instagramRoutes<Context = undefined>(options: FastifyOptions<Context>): FastifyRoutes {
  const routes = new Routes(options);
  const plugin = async (app: FastifyInstance): Promise<void> => {
    // What is signed are the bytes.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', { parseAs: 'buffer', bodyLimit: BODY_CAP }, (_, body, done) => done(null, body));
    for (const route of ROUTES) {
      app.route({
        url: below(app.prefix, routes.path(route)),
        method: [...METHODS[route]],
        handler: (request, reply) => serve(routes, route, request, reply),
      });
    }
  };
  return Object.assign(plugin, { path: (route: Route) => routes.path(route), url: (route: Route) => routes.url(route) });
}

/** A route's path below the plugin's prefix: behind a proxy, the outside may see another one. */
function below(prefix: string, path: string): string {
  const folder = prefix.replace(/\/$/, '');
  if (folder === '') return path;
  return path.startsWith(`${folder}/`) ? path.slice(folder.length) : lastPart(path);
}

async function serve<Context>(
  routes: Routes<Context, FastifyRequest, FastifyReply, unknown>,
  route: Route,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { body } = request;
  if (body !== undefined && body !== null && !(body instanceof Uint8Array)) {
    throw misuse(
      'The body of this request was parsed before instagramRoutes saw it, and what is signed are its bytes. Register instagramRoutes as a plugin of its own, not by fastify-plugin.',
    );
  }
  const copied = {
    method: request.method,
    query: rawQuery(request.originalUrl),
    headers: headerPairs(request.raw),
    body: body ?? new Uint8Array(),
  };
  const setCookie = (cookie: string): void => void reply.header('set-cookie', cookie);
  const served = await unlessSent(reply, () => routes.serve(route, copied, request, reply, setCookie));
  if (served === undefined) return reply;
  for (const [name, value] of served.headers) if (name !== 'set-cookie') void reply.header(name, value);
  return reply.code(served.status).send(served.body);
}

/**
 * What `work` comes to; `undefined`: a hook of it sent the reply. `reply.sent` says that only once every `onSend` hook is
 * through. Before, the reply is no promise: a hook that ends with `reply.header(…)` would be waited for until it sends.
 */
async function unlessSent<T>(reply: FastifyReply, work: () => Promise<T>): Promise<T | undefined> {
  const { send, then } = reply;
  let sends = false;
  const isSent = (): boolean => sends || reply.sent;
  reply.send = (...payload) => {
    send.apply(reply, payload);
    sends = true;
    return reply;
  };
  reply.then = (fulfilled, rejected) => (isSent() ? then.call(reply, fulfilled, rejected) : fulfilled());
  try {
    const done = await work();
    return isSent() ? undefined : done;
  } finally {
    Object.assign(reply, { send, then });
  }
}
