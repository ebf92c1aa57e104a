/** The platform on localhost, for tests. */

import type { InspectOptions } from 'node:util';
import { Client } from './client.js';
import { SandboxClock } from './clock.js';
import { names, type Settings } from './config.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { done, MintedToken, nativeApp, refuse, SandboxApp } from './sandbox_app.js';
import { camel, delivery, given, mapped, snake, type Json } from './sandbox_json.js';
import type {
  AccountType,
  Approval,
  AskedFault,
  Ended,
  FaultKind,
  FaultScope,
  Product,
  SandboxAppOptions,
  SandboxCall,
  SandboxDelivery,
  SandboxOptions,
  SandboxPage,
  SandboxPerson,
  SandboxSeeded,
  Switches,
  ToApp,
  Usage,
  UsageScope,
} from './sandbox_types.js';
import type { Scenario } from './scenario.js';
import { toDate, toSeconds } from './time.js';

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
  static async start({ clockStart, scenario, ...options }: SandboxOptions = {}): Promise<Sandbox> {
    const start: Native.SandboxStart = { ...options };
    if (scenario !== undefined) start.scenario = given(scenario);
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
      configurations: options.configurations?.map(({ name, permissions, systemUser }) => ({
        name,
        permissions,
        system_user: systemUser,
      })),
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
    const scope = plain ? last : ((more || {}) as FaultScope);
    const kind = plain ? { kind: 'status', status: what, body: text } : what;
    this.#word('fault', { endpoint, ...snake(kind), ...snake(scope) });
  }

  /** The faults that still wait for their calls. */
  faults(): AskedFault[] {
    return this.#word<Json[]>('faults').map(camel) as unknown as AskedFault[];
  }

  /** Takes back all faults. */
  clearFaults(): void {
    this.#word('clear_faults', {});
  }

  /**
   * Makes answers of Meta's products that succeed carry these numbers: of an app, or of every one, as `X-App-Usage`, or of an
   * `account` as `X-Business-Use-Case-Usage`. Nothing fails by it: a limit that was reached is the fault `throttle`.
   */
  usage(numbers: Usage, scope: UsageScope = {}): void {
    this.#word('usage', { ...snake(numbers), ...snake(scope) });
  }

  /** The numbers that are told now, the newest last. */
  usages(): (Usage & UsageScope)[] {
    return this.#word<Json[]>('usages').map(camel) as (Usage & UsageScope)[];
  }

  /** Tells no numbers any more. */
  clearUsages(): void {
    this.#word('clear_usages', {});
  }

  /** The switches for what sources disagree on: a copy, to read. */
  get behaviour(): Switches {
    return camel(this.#word<Json>('behaviour')) as unknown as Switches;
  }

  /** Sets switches from now on; `profile` sets all of them first. */
  setBehaviour(changes: Partial<Switches> & { readonly profile?: 'production' | 'documented' }): void {
    this.#word('behaviour', snake(changes));
  }

  /**
   * Makes what a scenario describes: an object, or the path of a file. All of it, or nothing if it has one mistake. Answers what
   * was made, by the scenario's names.
   *
   * @throws {@link SandboxError} with the place of the mistake, and what is allowed there
   */
  seed(scenario: Scenario | string | URL): SandboxSeeded {
    return this.#made(done(this.#held.seed(given(scenario))));
  }

  /** What scenarios made since the start or the last reset, by their names; of two of one name the later one. */
  get seeded(): SandboxSeeded {
    return this.#made(done(this.#held.seeded()));
  }

  #made({ people, apps, pages, tokens }: Native.SeededParts): SandboxSeeded {
    return {
      people: people as SandboxSeeded['people'],
      apps: mapped(apps, (app) => new SandboxApp(app, this.baseUrl)),
      pages: JSON.parse(pages) as SandboxSeeded['pages'],
      tokens: mapped(tokens, (token) => new MintedToken(token)),
    };
  }

  /** Tells an app, at its `deauthorizeUrl`, that a person removed it. What is wrong with the answer is the delivery's `problem`. */
  deliverDeauthorize(person = 'studio', to: ToApp = {}): Promise<SandboxDelivery> {
    return this.#deliver('deliver_deauthorize', to, { person });
  }

  /** Asks an app, at its `deletionUrl`, to delete a person's data. */
  deliverDeletion(person = 'studio', to: ToApp = {}): Promise<SandboxDelivery> {
    return this.#deliver('deliver_deletion', to, { person });
  }

  /** Asks an address for its challenge, and subscribes it as an app's webhook when the answer is right: to these fields, or to all. */
  subscribeWebhook(
    callbackUrl: string | URL,
    verifyToken: string,
    { fields = [], ...to }: ToApp & { readonly fields?: Iterable<string> | undefined } = {},
  ): Promise<SandboxDelivery> {
    const body = { callback_url: String(callbackUrl), verify_token: verifyToken, fields: names(fields) };
    return this.#deliver('subscribe_webhook', to, body);
  }

  /** Delivers to an app's webhook: what becomes JSON, or a change of the first subscribed field. */
  deliverWebhook(payload?: unknown, to: ToApp = {}): Promise<SandboxDelivery> {
    return this.#deliver('deliver_webhook', to, { payload });
  }

  /** What was sent to apps, on demand and by itself (removing an app tells it), oldest first. */
  deliveries(): SandboxDelivery[] {
    return this.#word<Json[]>('deliveries').map(delivery);
  }

  async #deliver(word: string, { app, product }: ToApp, more: Json): Promise<SandboxDelivery> {
    const told = app ?? this.apps(product).at(-1) ?? this.app(product);
    const body = JSON.stringify({ product: told.product, client_id: told.clientId, ...more });
    return delivery(JSON.parse(done(await this.#held.controlLater(word, body))) as Json);
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
