/** Apps and tokens of a sandbox, and its error. */

import type { InspectOptions } from 'node:util';
import type { UserId } from './account.js';
import { ClientConfig, type Settings } from './config.js';
import { inspected, shown, type Inspect } from './inspect.js';
import type { Native } from './native.js';
import { Provider } from './provider.js';
import type { Product } from './sandbox_types.js';
import { maybeDate, toDate } from './time.js';

/** What a sandbox refuses to do, and why. What the platform answers to a client is not one of these. */
export class SandboxError extends Error {}
Object.defineProperty(SandboxError.prototype, 'name', { value: 'SandboxError', configurable: true, writable: true });

/** What is behind an app. */
export let nativeApp: (app: SandboxApp) => Native.SandboxApp;

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

/** What the native part answered, or the error that it is. */
export function done<T>(answer: T | Native.SandboxRefusal): T {
  if (typeof answer === 'object' && answer !== null && 'refused' in answer) throw new SandboxError(answer.refused);
  return answer as T;
}

/** Nothing, or the error that it is. */
export function refuse(refusal: Native.SandboxRefusal | null): void {
  if (refusal) throw new SandboxError(refusal.refused);
}
