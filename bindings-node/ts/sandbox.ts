/** The platform on localhost, for tests. */

import type { InspectOptions } from 'node:util';
import type { UserId } from './account.js';
import { Client } from './client.js';
import { SandboxClock } from './clock.js';
import { ClientConfig, names, type Settings } from './config.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { Provider } from './provider.js';
import { maybeDate, toDate, toSeconds, type Moment } from './time.js';

/** What a sandbox plays. */
export type Product = 'instagram' | 'facebook' | 'threads' | 'legacy' | 'standard';

/** Why tokens die before their time. */
export type Ended = 'app_removed' | 'checkpoint' | 'password_changed' | 'unconfirmed' | 'invalid' | 'role_lost';

/** The kind of an account, as the platform spells it. */
export type AccountType = 'Business' | 'Media_Creator' | 'Personal';

/** How a sandbox starts. */
export interface SandboxOptions {
  /** The port; any free one by default. */
  readonly port?: number | undefined;
  /** What ids and tokens are made of: the same seed makes the same ones. */
  readonly seed?: number | undefined;
  /** A world that `saveWorld()` answered. */
  readonly world?: string | undefined;
  /** Whose account of the platform is followed where they differ: as `production` is reported to answer, or as it is `documented`. */
  readonly profile?: 'production' | 'documented' | undefined;
  /** Where its clock starts; by default at the machine's present. */
  readonly clockStart?: Moment | undefined;
}

/** An app to register. */
export interface SandboxAppOptions {
  /** Registered redirect URIs; `https://localhost/` by default. */
  readonly redirectUri?: string | readonly string[] | undefined;
  /** Its name. */
  readonly name?: string | undefined;
  /** Username of the developer. */
  readonly owner?: string | undefined;
  /** Only its owner and invited people can authorize it. */
  readonly development?: boolean | undefined;
  /** `instagram`: accepts http on this machine, which the platform does not. */
  readonly allowLoopbackHttp?: boolean | undefined;
  /** Meta's products: people who have accepted a tester's role. */
  readonly testers?: readonly string[] | undefined;
  /** Meta's products: is told when a person removes the app; on this machine. */
  readonly deauthorizeUrl?: string | undefined;
  /** Meta's products: is asked to delete a person's data; on this machine. */
  readonly deletionUrl?: string | undefined;
  /** `facebook`: API calls must carry `appsecret_proof`. */
  readonly requireAppSecret?: boolean | undefined;
  /** `facebook`: saved Login configurations, each of which gets a `config_id`. */
  readonly configurations?: readonly LoginConfiguration[] | undefined;
  /** `legacy`: accepts `response_type=token`. */
  readonly allowImplicit?: boolean | undefined;
  /** `legacy`: API calls must be signed. */
  readonly enforceSignedRequests?: boolean | undefined;
  /** `standard`: no client secret. */
  readonly public?: boolean | undefined;
  /** `standard`: accepts requests without PKCE. */
  readonly withoutPkce?: boolean | undefined;
}

/** A saved configuration of Facebook Login for Business. */
export interface LoginConfiguration {
  readonly name: string;
  /** What a person grants, all or nothing. */
  readonly permissions: readonly string[];
  /** It gives a system user's token instead of the person's own. */
  readonly systemUser?: boolean | undefined;
}

/** A Facebook Page. */
export interface SandboxPage {
  readonly id: string;
  readonly name: string;
  /** Username of the person who manages it. */
  readonly owner: string;
  /** Username of the Instagram account that is linked to it. */
  readonly instagram: string | null;
  /** Owned by a business portfolio: hidden without `business_management`. */
  readonly portfolio: boolean;
}

/** Which calls go wrong, and how often: the next one by default. */
export interface FaultScope {
  /** The next so many calls. */
  readonly times?: number | undefined;
  /** For so many seconds of sandbox time. */
  readonly forSeconds?: number | undefined;
  /** Until `clearFaults()`. */
  readonly lasting?: boolean | undefined;
  /** Of one product alone. */
  readonly product?: Product | undefined;
  /** For one person alone. */
  readonly account?: string | undefined;
  /** Of one app alone. */
  readonly clientId?: string | undefined;
}

/** What goes wrong. */
export type FaultKind =
  | {
      readonly kind: 'status';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Readonly<Record<string, string>>;
    }
  /** `code` 4, 17, 32, 613 or 80002, with the usage headers; minutes until access comes back. */
  | { readonly kind: 'throttle'; readonly code?: number; readonly minutes?: number }
  /** `code` 1 or 2 with `is_transient`, or 0 for a proxy's page. */
  | { readonly kind: 'outage'; readonly code?: 0 | 1 | 2 }
  /** The real answer, late, or byte by byte. */
  | { readonly kind: 'slow'; readonly delayMs?: number; readonly dribble?: boolean }
  /** The real answer without its second half; acted on and lost; not acted on. */
  | { readonly kind: 'truncated' | 'lost' | 'reset' }
  | { readonly kind: 'oversized'; readonly mib?: number }
  | {
      readonly kind: 'malformed';
      readonly form?: 'text' | 'html' | 'empty' | 'array' | 'trailing_garbage' | 'byte_order_mark';
    }
  | { readonly kind: 'redirect'; readonly location?: string };

/** What a person decides. */
export interface Approval {
  /** Who; `studio` by default. */
  readonly person?: string | undefined;
  /** Permissions to refuse. */
  readonly untick?: Iterable<string> | undefined;
  /** Presses *Cancel*. */
  readonly deny?: boolean | undefined;
}

/** A sandbox person: whom one picks instead of typing a password. All are made up. */
export interface SandboxPerson {
  /** The unique name; ends with `.sandbox`. */
  readonly username: string;
  /** The name that is shown. */
  readonly fullName: string;
  /** Professional or personal. */
  readonly accountType: AccountType;
  /** The id on today's platform. */
  readonly userId: UserId;
  /** The id on the platform of the 2010s. */
  readonly legacyId: string;
  /** Pictures posted. */
  readonly mediaCount: number;
  /** Accounts that this one follows. */
  readonly followsCount: number;
  /** Accounts that follow this one. */
  readonly followersCount: number;
}

/** A call that a sandbox answered; never with secrets. */
export interface SandboxCall {
  /** When, in sandbox time. */
  readonly at: Date;
  /** The route. */
  readonly endpoint: string;
  /** `GET`, `POST`, … */
  readonly method: string;
  /** HTTP status of the answer. */
  readonly status: number;
  /** `grant_type` of a token request. */
  readonly grantType?: string;
  /** The username whom the answer is about. */
  readonly account?: string;
  /** The app that called. */
  readonly clientId?: string;
  /** Its number since the start or the last reset, from 1 on. */
  readonly number: number;
  /** The kind of the fault that it was given. */
  readonly fault?: string;
}

/** What a sandbox refuses to do, and why. What the platform answers to a client is not one of these. */
export class SandboxError extends Error {}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError', configurable: true, writable: true });

let nativeApp: (app: SandboxApp) => Native.SandboxApp;

/** An app that is registered in a sandbox. */
export class SandboxApp {
  readonly #held: Native.SandboxApp;
  readonly #base: string;

  /** @internal */
  constructor(held: Native.SandboxApp, base: string) {
    this.#held = held;
    this.#base = base;
  }

  static {
    nativeApp = (app) => app.#held;
  }

  /** The platform. */
  get product(): Product {
    return this.#held.product as Product;
  }

  /** Its name. */
  get name(): string {
    return this.#held.name;
  }

  /** The client id: for `instagram` the Instagram app ID. */
  get clientId(): string {
    return this.#held.clientId;
  }

  /** The secret, for clients that are not made by `config()`; `undefined` for a public one. */
  revealClientSecret(): string | undefined {
    return this.#held.revealClientSecret() ?? undefined;
  }

  /** `instagram`: the Meta app ID, which is the wrong one for Instagram Login. */
  get metaAppId(): string | undefined {
    return this.#held.metaAppId ?? undefined;
  }

  /** `facebook`: the ids of its saved Login configurations. */
  get configIds(): readonly string[] {
    return this.#held.configIds;
  }

  /** As registered. */
  get redirectUris(): readonly string[] {
    return this.#held.redirectUris;
  }

  /** Where to send a browser. */
  get authorizeUrl(): string {
    return this.#held.authorizeUrl;
  }

  /** Where to exchange a code. */
  get tokenUrl(): string {
    return this.#held.tokenUrl;
  }

  /** The configuration of a client of this app, by default with its first redirect URI. `Sandbox.client()` makes the client. */
  config(settings: Omit<Settings, 'provider' | 'clientId' | 'clientSecret'> = {}): ClientConfig {
    return new ClientConfig({
      redirectUri: this.redirectUris[0],
      ...settings,
      provider: Provider.inSandbox(this.product, this.#base),
      clientId: this.clientId,
      clientSecret: this.revealClientSecret(),
    });
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const { product, name, clientId } = this;
    return shown('SandboxApp', { product, name, clientId }, depth, options, inspect);
  }
}

/** A token made without a login. */
export class MintedToken {
  /** The app that it belongs to. */
  readonly clientId: string;
  /** Whose token it is. */
  readonly username: string;
  /** Their id. */
  readonly userId: UserId;
  /** When it was issued. */
  readonly issuedAt: Date;
  /** When it ends. */
  readonly expiresAt: Date | undefined;
  readonly #accessToken: string;
  readonly #refreshToken: string | undefined;

  /** @internal */
  constructor(parts: Native.MintedParts) {
    this.clientId = parts.clientId;
    this.username = parts.username;
    this.userId = parts.userId as UserId;
    this.issuedAt = toDate(parts.issuedAt);
    this.expiresAt = maybeDate(parts.expiresAt);
    this.#accessToken = parts.accessToken;
    this.#refreshToken = parts.refreshToken;
  }

  /** The token, a secret: for `Keeper.importToken()`. */
  reveal(): string {
    return this.#accessToken;
  }

  /** The refresh token beside it (`standard`), a secret. */
  revealRefreshToken(): string | undefined {
    return this.#refreshToken;
  }
}

/**
 * The platform on localhost: people, apps, consent, tokens, and a clock that can be moved. It never asks for a password, and its
 * tokens work nowhere else.
 */
export class Sandbox {
  /** Its time, which its clients follow. */
  readonly clock: SandboxClock;
  readonly #held: Native.Sandbox;

  private constructor(held: Native.Sandbox) {
    this.#held = held;
    this.clock = new SandboxClock(held.clock());
  }

  /** Starts a sandbox with a world of its own. @throws {@link SandboxError} */
  static async start({ clockStart, ...options }: SandboxOptions = {}): Promise<Sandbox> {
    const start: Native.SandboxStart = { ...options };
    if (clockStart !== undefined) start.clockStart = toSeconds(clockStart);
    return new Sandbox(done(await native.startSandbox(start)));
  }

  /** `http://127.0.0.1:PORT`, without a slash at the end. */
  get baseUrl(): string {
    return this.#held.baseUrl;
  }

  /** What the header `X-Shutterkey-Control` must carry at `/control/…`, for programs that drive this sandbox over HTTP. */
  revealControlToken(): string {
    return this.#held.revealControlToken();
  }

  /** The person of this name (`ada` and `ada.sandbox` are the same), added if there is none, with a business account by default. */
  person(name: string, options: { readonly accountType?: AccountType | undefined } = {}): SandboxPerson {
    return done(this.#held.person(name, options.accountType)) as SandboxPerson;
  }

  /** Everybody, in the order in which they came. */
  people(): SandboxPerson[] {
    return done(this.#held.people()) as SandboxPerson[];
  }

  /** Registers an app of a product. @throws {@link SandboxError} */
  app(product: Product = 'instagram', options: SandboxAppOptions = {}): SandboxApp {
    const { redirectUri = 'https://localhost/' } = options;
    const spec = {
      product,
      redirect_uris: [redirectUri].flat(),
      name: options.name,
      owner: options.owner,
      development: options.development,
      allow_loopback_http: options.allowLoopbackHttp,
      allow_implicit: options.allowImplicit,
      enforce_signed_requests: options.enforceSignedRequests,
      public: options.public,
      without_pkce: options.withoutPkce,
      testers: options.testers,
      deauthorize_url: options.deauthorizeUrl,
      deletion_url: options.deletionUrl,
      require_app_secret: options.requireAppSecret,
      configurations: options.configurations?.map((saved) => ({ ...saved, system_user: saved.systemUser })),
    };
    return new SandboxApp(done(this.#held.app(JSON.stringify(spec))), this.baseUrl);
  }

  /** The apps of a product, in the order in which they were registered. */
  apps(product: Product = 'instagram'): SandboxApp[] {
    return done(this.#held.apps(product)).map((app) => new SandboxApp(app, this.baseUrl));
  }

  /** A client of an app, on the sandbox's clock; of a new app of `instagram` by default. */
  client(
    app: SandboxApp = this.app(),
    settings: Omit<Settings, 'provider' | 'clientId' | 'clientSecret'> = {},
  ): Client {
    return new Client(app.config(settings), { clock: this.clock });
  }

  /**
   * Walks an authorize URL of this sandbox to its end over real HTTP, as a browser would, and answers the redirect URL, which is
   * not followed.
   *
   * @throws {@link SandboxError} with the platform's own words where it shows an error instead
   */
  async approve(url: string | URL, { person, untick, deny }: Approval = {}): Promise<string> {
    const decision: Native.Decision = { person, deny, untick: untick && names(untick) };
    return done(await this.#held.approve(String(url), decision));
  }

  /** A token as if it had been obtained `age` seconds ago, without a login: of this app, or of the product's newest one. */
  mintToken(
    person = 'studio',
    options: {
      readonly age?: number | undefined;
      readonly product?: Product | undefined;
      readonly app?: SandboxApp | undefined;
    } = {},
  ): MintedToken {
    const { age = 0, product = 'instagram', app } = options;
    return new MintedToken(done(this.#held.mintToken(person, age, product, app && nativeApp(app))));
  }

  /** The tokens of a person end now by time, of one product or of all. Answers how many. */
  expire(person = 'studio', options: { readonly product?: Product | undefined } = {}): number {
    return this.#word<{ tokens: number }>('expire', { person, ...options }).tokens;
  }

  /** The tokens of a person die before their time, of one product or of all. Answers how many. */
  invalidate(person: string, why: Ended, options: { readonly product?: Product | undefined } = {}): number {
    return this.#word<{ tokens: number }>('invalidate', { person, why, ...options }).tokens;
  }

  /** The person clears a checkpoint: the same tokens live again. Answers how many. */
  clearCheckpoint(person = 'studio'): number {
    return this.#word<{ tokens: number }>('clear_checkpoint', { person }).tokens;
  }

  /** Adds a Facebook Page, linked to this person's Instagram account. Every professional person has one already. */
  page(
    name: string,
    options: {
      readonly owner?: string | undefined;
      readonly instagram?: string | undefined;
      readonly portfolio?: boolean | undefined;
    } = {},
  ): SandboxPage {
    const { owner = 'studio', ...more } = options;
    return this.#word<SandboxPage>('page', { ...more, owner, name });
  }

  /** All Facebook Pages, in the order in which they came. */
  pages(): SandboxPage[] {
    return this.#word<SandboxPage[]>('pages');
  }

  /** Removes all Facebook Pages of a person. */
  removePages(person: string): void {
    this.#word('remove_pages', { person });
  }

  /**
   * Makes the next calls of an endpoint whose path contains `endpoint` go wrong: answered with this status and body (a text, or
   * what becomes JSON), or in another way.
   */
  fault(endpoint: string, status: number, body?: unknown, scope?: FaultScope): void;
  fault(endpoint: string, what: FaultKind, scope?: FaultScope): void;
  fault(endpoint: string, what: number | FaultKind, more: unknown = '', last: FaultScope = {}): void {
    const plain = typeof what === 'number';
    const text = typeof more === 'string' ? more : JSON.stringify(more);
    const { forSeconds, clientId, ...scope } = plain ? last : ((more || {}) as FaultScope);
    const kind = plain ? { kind: 'status', status: what, body: text } : what;
    const { delayMs, ...rest } = kind as typeof kind & { delayMs?: number };
    const asked = { endpoint, ...rest, ...scope, delay_ms: delayMs, for_seconds: forSeconds, client_id: clientId };
    this.#word('fault', asked);
  }

  /** How many faults still wait for their calls. */
  get waitingFaults(): number {
    return this.#word<unknown[]>('faults').length;
  }

  /** Takes back all faults. */
  clearFaults(): void {
    this.#word('clear_faults', {});
  }

  #word<T>(word: string, body?: Record<string, unknown>): T {
    return JSON.parse(done(this.#held.control(word, body ? JSON.stringify(body) : ''))) as T;
  }

  /** What was called since the start or the last reset, oldest first: whose endpoint contains `matching`, with this `status`. */
  calls(
    matching = '',
    options: { readonly status?: number | undefined } = {},
  ): SandboxCall[] {
    const { status } = options;
    return done(this.#held.calls())
      .filter((call) => call.endpoint.includes(matching) && (status === undefined || call.status === status))
      .map((call) => ({ ...call, at: toDate(call.at) }));
  }

  /** Back to a fresh world of the same seed: no apps, the first people, no calls, no faults, the machine's time. */
  reset(): void {
    refuse(this.#held.reset());
  }

  /** The whole world as JSON text, for `Sandbox.start({ world })`. It holds the sandbox's secrets and tokens. */
  saveWorld(): string {
    return done(this.#held.saveWorld());
  }

  /** Closes the port and waits until it is closed. More than once is fine. */
  async close(): Promise<void> {
    await this.#held.close();
  }

  /** As `close()`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('Sandbox', { baseUrl: this.baseUrl }, depth, options, inspect);
  }
}

function done<T>(answer: T | Native.SandboxRefusal): T {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new SandboxError(answer.refused);
  return answer as T;
}

function refuse(refusal: Native.SandboxRefusal | null): void {
  if (refusal) throw new SandboxError(refusal.refused);
}
