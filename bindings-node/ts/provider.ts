/** Platforms. */

import type { InspectOptions } from 'node:util';
import { wait, type Waiting } from './abort.js';
import { unwrap } from './errors.js';
import { hostOfFetch, type Fetch } from './fetch.js';
import { inspected, shown, type Inspect } from './inspect.js';
import { native, type Native } from './native.js';

/** The platforms that are built in. */
export type ProviderId = 'instagram' | 'facebook' | 'threads' | 'legacy';

/** A server of RFC 6749, described by hand. */
export interface StandardProvider {
  /** Its authorization endpoint. */
  readonly authorizeEndpoint: string;
  /** Its token endpoint. */
  readonly tokenEndpoint: string;
  /** The stable name of this provider in stores; `standard` by default. */
  readonly id?: string | undefined;
  /** Its name for people. */
  readonly name?: string | undefined;
  /** Its issuer identifier (RFC 8414). */
  readonly issuer?: string | undefined;
  /** Whether it promises to name itself in its answers (RFC 9207): one without `iss` is then refused. */
  readonly issuerPromised?: boolean | undefined;
  /** Where to ask whose token it is. */
  readonly identityEndpoint?: string | undefined;
  /** The member of that answer which is the user id; `sub` by default. */
  readonly identityMember?: string | undefined;
  /** Its revocation endpoint (RFC 7009). */
  readonly revocationEndpoint?: string | undefined;
  /** Whether the secret travels in the body and not in a header (RFC 6749 2.3.1). */
  readonly secretInBody?: boolean | undefined;
  /** PKCE with S256 is used unless this is false. */
  readonly pkce?: boolean | undefined;
}

/** What `Provider.discover()` takes beside the issuer. */
export interface DiscoverOptions extends Partial<StandardProvider>, Waiting {
  /** What sends the requests; by default the built-in HTTP. */
  readonly fetch?: Fetch | undefined;
}

/** @internal */
export let makeProvider: (held: Native.Provider) => Provider;
/** @internal */
export let nativeProvider: (provider: Provider) => Native.Provider;

/** A platform that issues tokens: its endpoints, scopes, lifetimes and habits. */
export class Provider {
  readonly #held: Native.Provider;

  private constructor(held: Native.Provider) {
    this.#held = held;
  }

  static {
    makeProvider = (held) => new Provider(held);
    nativeProvider = (provider) => provider.#held;
  }

  /** Instagram API with Instagram Login: professional accounts, 60-day tokens. */
  static instagram(): Provider {
    return Provider.byId('instagram');
  }

  /** Facebook Login for Business: Instagram accounts that are linked to a Facebook Page. */
  static facebook(): Provider {
    return Provider.byId('facebook');
  }

  /** Threads API. */
  static threads(): Provider {
    return Provider.byId('threads');
  }

  /** The Instagram platform of 2010 to 2020. It answers in a sandbox only. */
  static legacy(): Provider {
    return Provider.byId('legacy');
  }

  /** A built-in provider by its name. @throws {@link ShutterkeyError} `config.invalid` */
  static byId(id: ProviderId | (string & {})): Provider {
    return makeProvider(unwrap(native.Provider.byId(id)));
  }

  /** Any server of RFC 6749. PKCE with S256 unless it is switched off. @throws {@link ShutterkeyError} of family `config` */
  static standard(description: StandardProvider): Provider {
    return makeProvider(unwrap(native.Provider.standard(description)));
  }

  /**
   * A standard server as its own metadata describes it (RFC 8414, OpenID Connect Discovery). The settings say what the metadata
   * does not, and stand over it.
   *
   * @throws {@link ShutterkeyError} `redirect.issuer_mismatch`, `provider.bad_response`, `config.insecure_endpoint`, and the
   * `network` family
   */
  static async discover(issuer: string, options: DiscoverOptions = {}): Promise<Provider> {
    const { fetch, signal, ...settings } = options;
    const described = () => native.discover(issuer, settings, fetch && hostOfFetch(fetch));
    return makeProvider(unwrap(await wait(described, signal)));
  }

  /** The platform of that name, played by a sandbox at this address; `origin` names the sandbox in stored records. */
  static inSandbox(id: ProviderId | (string & {}), base: string | URL, origin?: string): Provider {
    return makeProvider(unwrap(native.Provider.inSandbox(id, String(base), origin)));
  }

  /** The same platform, played by a sandbox at this address. */
  atSandbox(base: string | URL, origin?: string): Provider {
    return makeProvider(unwrap(this.#held.atSandbox(String(base), origin)));
  }

  /** Its stable name. */
  get id(): ProviderId | (string & {}) {
    return this.#held.id;
  }

  /** Its name for people. */
  get name(): string {
    return this.#held.name;
  }

  /** Where its tokens belong: they are sent nowhere else. */
  get origin(): string {
    return this.#held.origin;
  }

  /** Whether a sandbox plays it. */
  get isSandbox(): boolean {
    return this.#held.isSandbox;
  }

  /** Where people are sent to log in. */
  get authorizeEndpoint(): string | undefined {
    return this.#held.parts().authorizeEndpoint ?? undefined;
  }

  /** Where codes are exchanged. */
  get tokenEndpoint(): string | undefined {
    return this.#held.parts().tokenEndpoint ?? undefined;
  }

  /** The revocation endpoint (RFC 7009), where it has one. */
  get revocationEndpoint(): string | undefined {
    return this.#held.parts().revocationEndpoint ?? undefined;
  }

  /** The issuer that its answers may name (RFC 9207). */
  get issuer(): string | undefined {
    return this.#held.parts().issuer ?? undefined;
  }

  /** Whether an answer without `iss` is refused. */
  get issuerPromised(): boolean {
    return this.#held.parts().issuerPromised;
  }

  /** Whether logins carry a PKCE challenge. */
  get pkce(): boolean {
    return this.#held.parts().pkce;
  }

  /** Whether a standard server gets the secret as a parameter instead of HTTP Basic. */
  get secretInBody(): boolean {
    return this.#held.parts().secretInBody;
  }

  /** @internal */
  [inspected](depth: number, options: InspectOptions, inspect: Inspect): string {
    return shown('Provider', { id: this.id, origin: this.origin }, depth, options, inspect);
  }
}
