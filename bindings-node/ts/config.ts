/** Who the client is. */

import type { InspectOptions } from 'node:util';
import { check, unwrap } from './errors.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';
import { makeProvider, nativeProvider, Provider, type ProviderId } from './provider.js';

/** `code`, or, by explicit choice, `token`. */
export type ResponseType = 'code' | 'token';

/** What a configuration is made of. */
export interface Settings {
  /** The platform; `instagram` by default. */
  readonly provider?: Provider | ProviderId | undefined;
  /** The app's id. For Instagram, the *Instagram App ID*, not the Meta app's. */
  readonly clientId?: string | undefined;
  /** The app secret. It is not printed and does not come out again. */
  readonly clientSecret?: string | undefined;
  /** Where the provider sends people back to: byte for byte as it is registered. */
  readonly redirectUri?: string | URL | undefined;
  /** The scopes that logins ask for. */
  readonly scopes?: Iterable<string> | undefined;
  /** Takes scopes that shutterkey does not know. */
  readonly allowUnknownScopes?: boolean | undefined;
  /** `code` by default. */
  readonly responseType?: ResponseType | undefined;
}

/** @internal */
export let nativeConfig: (config: ClientConfig) => Native.ClientConfig;

/**
 * Who the client is: provider, client id, app secret, redirect URI and scopes. Everything that can be wrong with it is
 * refused here, with a sentence that says what to do.
 */
export class ClientConfig {
  readonly #held: Native.ClientConfig;

  /** @throws {@link ShutterkeyError} of family `config` */
  constructor(settings: Settings);
  /** @internal */
  constructor(held: Native.ClientConfig);
  constructor(given: Settings | Native.ClientConfig) {
    this.#held =
      given instanceof native.ClientConfig ? given : unwrap(native.ClientConfig.build(...settingsOf(given)));
  }

  static {
    nativeConfig = (config) => config.#held;
  }

  /**
   * The configuration of the shared profile: environment, `shutterkey.toml`, the user's own file. What is given here stands
   * over it.
   *
   * @throws {@link ShutterkeyError} of family `config`
   */
  static fromEnv(settings: Settings = {}): ClientConfig {
    return new ClientConfig(unwrap(native.ClientConfig.fromProfile(...settingsOf(settings))));
  }

  /** The same configuration with another redirect URI. */
  withRedirectUri(redirectUri: string | URL): ClientConfig {
    return new ClientConfig(unwrap(this.#held.withRedirectUri(String(redirectUri))));
  }

  /** The platform. */
  get provider(): Provider {
    return makeProvider(this.#held.provider);
  }

  /** The app's id. */
  get clientId(): string {
    return this.#held.clientId;
  }

  /** Whether there is an app secret; its value stays inside. */
  get hasClientSecret(): boolean {
    return this.#held.hasClientSecret;
  }

  /** Where the provider sends people back to. */
  get redirectUri(): string {
    return this.#held.redirectUri;
  }

  /** The scopes that logins ask for. */
  get scopes(): readonly string[] {
    return this.#held.scopes;
  }

  /** `code`, or `token`. */
  get responseType(): ResponseType {
    return this.#held.responseType as ResponseType;
  }

  /** What may be seen of it. */
  toJSON(): object {
    const { clientId, redirectUri, scopes, responseType } = this;
    return { provider: this.provider.id, clientId, redirectUri, scopes, responseType };
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    const clientSecret = this.hasClientSecret ? '[redacted]' : undefined;
    return shown('ClientConfig', { ...this.toJSON(), clientSecret }, depth, options, inspect);
  }
}

/**
 * Refuses clients that share a redirect URI unless each one's provider names itself in its answers (RFC 9700 4.4).
 *
 * @throws {@link ShutterkeyError} of family `config`
 */
export function checkDistinctRedirects(configs: Iterable<ClientConfig>): void {
  check(native.checkDistinctRedirects(Array.from(configs, nativeConfig)));
}

/** @internal As they cross: a provider beside what is plain. */
export function settingsOf(settings: Settings): [Native.Settings, Native.Provider | undefined] {
  const { provider, redirectUri, scopes, ...rest } = settings;
  const plain: Native.Settings = { ...rest };
  if (redirectUri !== undefined) plain.redirectUri = String(redirectUri);
  if (scopes !== undefined) plain.scopes = names(scopes);
  if (typeof provider === 'string') plain.provider = provider;
  return [plain, provider instanceof Provider ? nativeProvider(provider) : undefined];
}

/** @internal Names, but not the characters of one text. */
export function names(given: Iterable<string>): string[] {
  if (typeof given === 'string') throw new TypeError('Scopes are a list of names, not one text; put it into brackets.');
  return Array.from(given);
}
