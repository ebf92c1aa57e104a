/** The routes in each framework, mounted as its users mount them. */

import type { RequestListener } from 'node:http';
import { createRequire } from 'node:module';
import express, { type Express, type Request as ExpressRequest, type Response as ExpressResponse } from 'express';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import { Hono, type Context } from 'hono';
import type { Keeper } from 'shutterkey';
import * as forExpress from 'shutterkey/express';
import * as forFastify from 'shutterkey/fastify';
import * as forWeb from 'shutterkey/web';
import type { Connected, DataDeletion, Deauthorized, DeletionStatus, Route, SiteSettings } from 'shutterkey/web';
import type { Heard, Hooks, Tenant, Told } from './told.js';

export const FRAMEWORKS = ['express', 'express4', 'fastify', 'hono', 'web'] as const;
export type Framework = (typeof FRAMEWORKS)[number];

/** Express 4 has no types of its own here; those of 5 fit what is used. */
const express4 = createRequire(import.meta.url)('express4') as typeof express;

/** What a site is made of. */
export interface Plan {
  readonly keeper: Keeper;
  readonly settings: SiteSettings & { readonly authorize?: { readonly requiredScopes: readonly string[] } };
  /** Where the routes are mounted, if not at the root. */
  readonly mount: string | undefined;
  readonly heard: Heard;
  readonly hooks: Hooks;
  /** What came to the site's own error handling. */
  readonly failures: unknown[];
  /** What a site does to an app before the routes are mounted. */
  readonly first: {
    readonly express?: (app: Express, make: typeof express) => void;
    readonly fastify?: (app: FastifyInstance) => void;
    readonly hono?: (app: Hono) => void;
  };
}

/** A site that is made: what answers requests, and the addresses that its routes say. */
export interface Made {
  readonly listener: RequestListener;
  url(route: Route): string;
  path(route: Route): string;
  close?(): Promise<void>;
}

export const ROUTES: readonly Route[] = [
  ...(['start', 'callback', 'deauthorize', 'data-deletion', 'webhook'] as const),
  ...(['handover-start', 'handover-finish'] as const),
];

/** What a site's own pages say. */
export const OWN_PAGE = "a page of the site's own";
export const OWN_ERROR = "the site's own error page";

export async function made(framework: Framework, plan: Plan): Promise<Made> {
  switch (framework) {
    case 'express':
      return inExpress(express, plan);
    case 'express4':
      return inExpress(express4, plan);
    case 'fastify':
      return inFastify(plan);
    case 'hono':
      return inHono(plan);
    case 'web':
      return inWeb(plan);
  }
}

function inExpress(make: typeof express, plan: Plan): Made {
  const app = make();
  plan.first.express?.(app, make);
  const name = (request: ExpressRequest): string | undefined => request.get('x-user');
  const routes = forExpress.instagramRoutes<Tenant>(
    options(plan, name, (reply: ExpressResponse, to) => reply.redirect(to)),
  );
  app.use(plan.mount ?? '/', routes);
  app.use((_request: ExpressRequest, response: ExpressResponse) => void response.status(404).send(OWN_PAGE));
  app.use((error: unknown, _request: ExpressRequest, response: ExpressResponse, _next: unknown) => {
    plan.failures.push(error);
    response.status(500).send(OWN_ERROR);
  });
  return { listener: app, path: routes.path, url: routes.url };
}

async function inFastify(plan: Plan): Promise<Made> {
  const app = fastify();
  plan.first.fastify?.(app);
  const name = (request: FastifyRequest): string | undefined => request.headers['x-user']?.toString();
  const routes = forFastify.instagramRoutes<Tenant>(
    options(plan, name, (reply: FastifyReply, to) => reply.redirect(to)),
  );
  app.setNotFoundHandler((_request, reply) => reply.code(404).send(OWN_PAGE));
  app.setErrorHandler((error: { statusCode?: number }, _request, reply) => {
    plan.failures.push(error);
    return reply.code(error.statusCode ?? 500).send(OWN_ERROR);
  });
  await app.register(routes, plan.mount === undefined ? {} : { prefix: plan.mount });
  await app.ready();
  const listener: RequestListener = (request, response) => app.routing(request, response);
  return { listener, path: routes.path, url: routes.url, close: () => app.close() };
}

function inHono(plan: Plan): Made {
  const app = new Hono();
  plan.first.hono?.(app);
  const name = (_request: Request, context: Context): string | undefined => context.req.header('x-user');
  const routes = forWeb.instagramRoutes<Tenant, Context>(
    options(plan, name, (context: Context, to) => context.redirect(to)),
  );
  app.all(`${plan.mount ?? ''}/*`, (context, next) => {
    const known = ROUTES.some((route) => context.req.path.endsWith(`/${route}`));
    return known ? routes.fetch(context.req.raw, context) : next();
  });
  app.notFound((context) => context.text(OWN_PAGE, 404));
  app.onError((error, context) => {
    plan.failures.push(error);
    return context.text(OWN_ERROR, 500);
  });
  return { listener: bridged((request) => app.fetch(request)), path: routes.path, url: routes.url };
}

function inWeb(plan: Plan): Made {
  const name = (request: Request): string | undefined => request.headers.get('x-user') ?? undefined;
  const routes = forWeb.instagramRoutes<Tenant>(
    options(plan, name, (_beside: unknown, to) => new Response(null, { status: 302, headers: { location: to } })),
  );
  const listener = bridged(async (request) => {
    try {
      const { pathname } = new URL(request.url);
      return ROUTES.some((route) => pathname.endsWith(`/${route}`))
        ? await routes.fetch(request)
        : new Response(OWN_PAGE, { status: 404 });
    } catch (error) {
      plan.failures.push(error);
      return new Response(OWN_ERROR, { status: 500 });
    }
  });
  return { listener, path: routes.path, url: routes.url };
}

/** The options of any framework: hooks that note what they are told, and do as they are told to. */
function options<Request, Reply, Own>(
  { keeper, settings, heard, hooks }: Plan,
  name: (request: Request, reply: Reply) => string | undefined,
  redirect: (reply: Reply, to: string) => Own,
) {
  async function tell<Hook extends keyof Told>(hook: Hook, told: Told[Hook], reply: Reply): Promise<unknown> {
    heard.tell(hook, told);
    return hooks[hook]?.(told, (to) => redirect(reply, to));
  }
  return {
    ...settings,
    keeper,
    name,
    context: (): Tenant => ({ tenant: 7 }),
    onConnected: (connection: Connected<Tenant>, _: Request, reply: Reply) =>
      tell('onConnected', connection, reply) as Promise<Own | void>,
    onDeauthorized: (callback: Deauthorized, _: Request, reply: Reply) =>
      tell('onDeauthorized', callback, reply) as Promise<void>,
    onDataDeletion: (deletion: DataDeletion, _: Request, reply: Reply) =>
      tell('onDataDeletion', deletion, reply) as Promise<void>,
    deletionStatus: (deletion: DeletionStatus, _: Request, reply: Reply) =>
      tell('deletionStatus', deletion, reply) as Promise<string | undefined>,
    onWebhook: (payload: unknown, _: Request, reply: Reply) => tell('onWebhook', payload, reply) as Promise<void>,
    onError: (error: Told['onError'], _: Request, reply: Reply, route: Route) => {
      heard.erred.push(route);
      return tell('onError', error, reply) as Promise<Own | void>;
    },
  };
}

/** A server for what answers a `Request`, as those frameworks bring their own. */
function bridged(answer: (request: Request) => Response | Promise<Response>): RequestListener {
  return async (incoming, outgoing) => {
    const { method = 'GET', url = '/', headers, rawHeaders } = incoming;
    const pairs = Array.from({ length: rawHeaders.length / 2 }, (_, at): [string, string] => [
      rawHeaders[2 * at]!,
      rawHeaders[2 * at + 1]!,
    ]);
    const chunks: Buffer[] = [];
    for await (const chunk of incoming as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const carries = method !== 'GET' && method !== 'HEAD';
    const request = new Request(`http://${headers.host}${url}`, {
      method,
      headers: pairs,
      ...(carries && { body }),
    });
    const response = await answer(request);
    const cookies = response.headers.getSetCookie();
    for (const [name, value] of response.headers) if (name !== 'set-cookie') outgoing.setHeader(name, value);
    if (cookies.length > 0) outgoing.setHeader('set-cookie', cookies);
    outgoing.writeHead(response.status);
    outgoing.end(Buffer.from(await response.arrayBuffer()));
  };
}
