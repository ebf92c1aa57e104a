/** A site with its own sandbox, over real HTTP, and the browsers that come to it. */

import { createServer, request as ask } from 'node:http';
import type { IncomingHttpHeaders, OutgoingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { Client, Keeper, MemoryStore, Sandbox, SealKeys, type SandboxApp } from 'shutterkey';
import { made, FRAMEWORKS, type Framework, type Made, type Plan } from './frameworks.js';
import { Heard, type Hooks } from './told.js';

export const KEYS = SealKeys.generate();
export const VERIFY_TOKEN = 'verify-token-canary';
export const OTHER_SECRET = 'another-app-secret-canary';

/** Where the site's app takes answers. */
export const APP_REDIRECT = 'https://app.example/ig/app';

export const BASIC = 'instagram_business_basic';
export const COMMENTS = 'instagram_business_manage_comments';

/** How a site differs from the others. */
export interface Particulars {
  /** What the public sees, where a proxy stands before the site: the redirect URI is `…/callback` below it. */
  readonly behind?: string;
  /** The folder of the redirect URI; `/ig`. */
  readonly folder?: string;
  /** Where the routes are mounted; at the root. */
  readonly mount?: string;
  readonly settings?: Partial<Plan['settings']>;
  readonly first?: Plan['first'];
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  /** Each `Set-Cookie`. */
  readonly cookies: readonly string[];
  readonly text: string;
}

/** Starts a site; it is to be closed. */
export async function startSite(framework: Framework, particulars: Particulars = {}): Promise<Site> {
  const { behind, folder = '/ig', mount, settings, first = {} } = particulars;
  let listener: RequestListener = () => {};
  const server = createServer((incoming, outgoing) => listener(incoming, outgoing));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const base = behind ?? `${address}${folder}`;
  const sandbox = await Sandbox.start();
  const redirectUri = [`${base}/callback`, APP_REDIRECT];
  const app = sandbox.app('instagram', { redirectUri, allowLoopbackHttp: true });
  const client = new Client(app.config({ scopes: [BASIC, COMMENTS] }), { clock: sandbox.clock });
  const plan: Plan = {
    keeper: new Keeper({ client, store: new MemoryStore() }),
    settings: {
      ...{ sealKeys: KEYS, home: '/home', appRedirectUri: APP_REDIRECT },
      ...{ verifyToken: VERIFY_TOKEN, appSecrets: [OTHER_SECRET] },
      ...settings,
    },
    mount,
    heard: new Heard(),
    hooks: {},
    failures: [],
    first,
  };
  const routes = await made(framework, plan);
  ({ listener } = routes);
  const close = async (): Promise<void> => {
    await routes.close?.();
    await new Promise((resolve) => server.close(resolve).closeAllConnections());
    await sandbox.close();
  };
  const inside = behind === undefined ? folder : (mount ?? '');
  return new Site({ address, base, inside, sandbox, app, plan, routes, close });
}

interface Parts {
  readonly address: string;
  readonly base: string;
  readonly inside: string;
  readonly sandbox: Sandbox;
  readonly app: SandboxApp;
  readonly plan: Plan;
  readonly routes: Made;
  readonly close: () => Promise<void>;
}

export class Site {
  /** Where it listens. */
  readonly address: string;
  /** As the public sees it. */
  readonly origin: string;
  readonly sandbox: Sandbox;
  readonly app: SandboxApp;
  readonly keeper: Keeper;
  readonly heard: Heard;
  /** What hooks do; to be filled in. */
  readonly hooks: Hooks;
  readonly failures: unknown[];
  readonly routes: Made;
  readonly close: () => Promise<void>;
  readonly #base: string;
  readonly #inside: string;

  constructor({ address, base, inside, sandbox, app, plan, routes, close }: Parts) {
    this.address = address;
    this.origin = new URL(base).origin;
    this.sandbox = sandbox;
    this.app = app;
    this.keeper = plan.keeper;
    this.heard = plan.heard;
    this.hooks = plan.hooks;
    this.failures = plan.failures;
    this.routes = routes;
    this.close = close;
    this.#base = base;
    this.#inside = inside;
  }

  /** Asks for a route by its name and query, or for an address as the public sees it, or for a path from the root. */
  async send(
    method: string,
    target: string,
    headers: OutgoingHttpHeaders = {},
    body?: string | Uint8Array,
  ): Promise<Answer> {
    const path = target.startsWith(this.#base) ? `${this.#inside}${target.slice(this.#base.length)}` : target;
    const from = path.startsWith('/') ? path : `${this.#inside}/${path}`;
    return answered(method, `${this.address}${from.split('#', 1)[0]}`, headers, body);
  }

  /** Posts a form, as the platform does. */
  postForm(route: string, fields: Record<string, string>, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    const kind = { 'content-type': 'application/x-www-form-urlencoded' };
    return this.send('POST', route, { ...kind, ...headers }, String(new URLSearchParams(fields)));
  }

  browser(user: string | undefined = 'ada'): Browser {
    return new Browser(this, user);
  }

  /** How often a code was sent to the platform. */
  get exchanges(): number {
    return this.sandbox.calls('oauth/access_token').length;
  }
}

/** Keeps cookies as a browser does, and says who is signed in at the site. */
export class Browser {
  cookies = new Map<string, string>();
  user: string | undefined;
  readonly #site: Site;

  constructor(site: Site, user: string | undefined) {
    this.#site = site;
    this.user = user;
  }

  async send(method: string, target: string, headers: OutgoingHttpHeaders = {}, body?: string): Promise<Answer> {
    const cookie = Array.from(this.cookies, (pair) => pair.join('=')).join('; ');
    const mine = { ...(cookie !== '' && { cookie }), ...(this.user !== undefined && { 'x-user': this.user }) };
    const answer = await this.#site.send(method, target, { ...mine, ...headers }, body);
    for (const set of answer.cookies) this.#keep(set);
    return answer;
  }

  /** The button on a page of the site. */
  start(query = ''): Promise<Answer> {
    return this.send('POST', `start${query}`, { origin: this.#site.origin, 'sec-fetch-site': 'same-origin' });
  }

  /** The button, the platform, and the address that it sends back to. */
  async approve(query = '', decision: Parameters<Sandbox['approve']>[1] = {}): Promise<string> {
    const begun = await this.start(query);
    return this.#site.sandbox.approve(begun.headers.location!, decision);
  }

  /** An app's request: who is signed in is in it, and what browsers say of themselves is not. */
  begin(headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send('POST', 'handover-start', headers);
  }

  /** Hands over, as the same app. */
  finish(body: string, headers: OutgoingHttpHeaders = {}): Promise<Answer> {
    return this.send('POST', 'handover-finish', { 'content-type': 'application/json', ...headers }, body);
  }

  /** Follows the platform's redirect. */
  back(address: string): Promise<Answer> {
    return this.send('GET', address);
  }

  #keep(set: string): void {
    const [pair = '', ...attributes] = set.split('; ');
    const name = pair.slice(0, pair.indexOf('='));
    if (attributes.includes('Max-Age=0')) this.cookies.delete(name);
    else this.cookies.set(name, pair.slice(name.length + 1));
  }
}

function answered(
  method: string,
  address: string,
  headers: OutgoingHttpHeaders,
  body: string | Uint8Array | undefined,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = ask(address, { method, headers, agent: false }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('end', () => {
        const { statusCode: status = 0, headers } = incoming;
        resolve({ status, headers, cookies: headers['set-cookie'] ?? [], text: Buffer.concat(chunks).toString() });
      });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

/** The same fact, of a site in every framework. */
export function everywhere(
  fact: string,
  check: (site: Site, framework: Framework) => Promise<void>,
  particulars: Particulars = {},
): void {
  for (const framework of FRAMEWORKS) inOne(framework, fact, check, particulars);
}

/** A fact of a site in one framework. */
export function inOne(
  framework: Framework,
  fact: string,
  check: (site: Site, framework: Framework) => Promise<void>,
  particulars: Particulars = {},
): void {
  test(`${framework}: ${fact}`, async () => {
    const site = await startSite(framework, particulars);
    try {
      await check(site, framework);
    } finally {
      await site.close();
    }
  });
}
