/** What cases refer to by name: clients, logins, tokens. */

import { format, inspect } from 'node:util';
import {
  ClientConfig,
  Provider,
  ShutterkeyError,
  Token,
  type ApiAnswer,
  type AuthorizationRequest,
  type AuthorizeOptions,
  type PendingAuthorization,
  type ResponseType,
  type TokenKind,
} from 'shutterkey';
import { authorize } from 'shutterkey/testing';
import { data, exactly, text, type Json, type Members, type VectorFile } from './files.js';

/** Milliseconds: some cases are at moments that no Date can be. */
export const at = (seconds: Json | undefined): number => (seconds as number) * 1000;

/** The definitions of a file, the secrets of what was made from them, and everything that was printed on the way. */
export class World {
  readonly secrets: string[] = [];
  readonly printed: string[] = [];
  readonly #define: VectorFile['define'];

  constructor(define: VectorFile['define']) {
    this.#define = define;
  }

  /** Keeps every printed form of a value, to be searched for secrets. */
  print(value: unknown): void {
    const forms = [
      () => inspect(value, { depth: Infinity, showHidden: true, getters: false }),
      () => format('%o %O', value, value),
      () => JSON.stringify(value),
      () => String(value),
      () => JSON.stringify(structuredClone(value)),
      () => (value instanceof Error ? value.stack : ''),
    ];
    for (const form of forms) {
      try {
        this.printed.push(String(form()));
      } catch (refusal) {
        this.printed.push(String(refusal));
      }
    }
  }

  #secret(secret: string | undefined): void {
    // A text of a few letters occurs by accident.
    if (secret !== undefined && secret.length >= 8) this.secrets.push(secret);
  }

  /** A definition by its name, or written out in the case itself. */
  named(kind: 'clients' | 'logins' | 'tokens' | 'records', spec: Json | undefined): Members {
    if (typeof spec !== 'string') return spec as Members;
    const found = this.#define[kind]?.[spec];
    if (!found) throw new Error(`there is no ${spec} among the ${kind}`);
    return found;
  }

  client(name: Json | undefined): ClientConfig {
    return definition(() => this.buildClient(this.named('clients', name)));
  }

  buildClient(spec: Members): ClientConfig {
    exactly(
      spec,
      ...['provider', 'sandbox', 'client_id', 'client_secret', 'redirect_uri', 'scopes'],
      ...['allow_unknown_scopes', 'response_type'],
    );
    let provider = typeof spec['provider'] === 'string' ? Provider.byId(spec['provider']) : standard(spec['provider']);
    if (spec['sandbox'] !== undefined) {
      const { base, origin } = exactly(spec['sandbox'] as Members, 'base', 'origin');
      provider = provider.atSandbox(base as string, origin as string | undefined);
    }
    const clientSecret = optional(spec['client_secret']);
    this.#secret(clientSecret);
    const config = new ClientConfig({
      provider,
      clientId: text(spec['client_id']),
      clientSecret,
      redirectUri: optional(spec['redirect_uri']),
      scopes: (spec['scopes'] as Json[] | undefined)?.map(text),
      allowUnknownScopes: spec['allow_unknown_scopes'] as boolean | undefined,
      responseType: spec['response_type'] as ResponseType | undefined,
    });
    this.print(config);
    return config;
  }

  login(spec: Json | undefined): PendingAuthorization {
    return definition(() => this.begin(this.named('logins', spec)).pending);
  }

  begin(spec: Members): AuthorizationRequest {
    const { client, now, entropy, options } = exactly(spec, 'client', 'now', 'entropy', 'options');
    const known = { entropy: Buffer.from(entropy as string, 'hex'), now: at(now) };
    const request = authorize(this.client(client), known, loginOptions((options ?? {}) as Members));
    this.#secret(new URL(request.url).searchParams.get('state') ?? undefined);
    this.#secret(request.pending.revealVerifier());
    this.print(request);
    this.print(request.pending);
    return request;
  }

  token(spec: Json | undefined): Token {
    const token = definition(() => this.buildToken(this.named('tokens', spec)));
    this.print(token);
    return token;
  }

  buildToken(spec: Members): Token {
    exactly(
      spec,
      ...['client', 'value', 'kind', 'scopes', 'issued_at', 'expiry', 'data_access_until', 'refresh_token'],
    );
    const [value, refreshToken] = [text(spec['value']), optional(spec['refresh_token'])];
    this.#secret(value);
    this.#secret(refreshToken);
    return Token.of(value, {
      provider: this.client(spec['client']).provider,
      kind: spec['kind'] as TokenKind,
      scopes: spec['scopes'] as string[] | undefined,
      issuedAt: moment(spec['issued_at']),
      expiresAt: expiresAt(spec['expiry']),
      dataAccessUntil: moment(spec['data_access_until']),
      refreshToken,
    });
  }
}

/** An answer of a provider. */
export function response(spec: Json | undefined): ApiAnswer {
  const { status, headers, body } = exactly(spec as Members, 'status', 'headers', 'body');
  return { status: status as number, headers: (headers ?? {}) as Record<string, string>, body: data(body) };
}

/** What a case begins with is in order: an error in it is not the case's result. */
export function definition<T>(make: () => T): T {
  try {
    return make();
  } catch (error) {
    throw error instanceof ShutterkeyError ? new Error(`a definition is refused: ${error.message}`) : error;
  }
}

const optional = (spec: Json | undefined): string | undefined => (spec === undefined ? undefined : text(spec));
const moment = (spec: Json | undefined): number | undefined => (spec === undefined ? undefined : at(spec));

function expiresAt(expiry: Json = 'unknown'): number | 'never' | undefined {
  if (expiry === 'never') return 'never';
  return expiry === 'unknown' ? undefined : at(exactly(expiry as Members, 'at')['at']);
}

function standard(spec: Json | undefined): Provider {
  const members = exactly(
    spec as Members,
    ...['issuer', 'iss_promised', 'authorize_endpoint', 'token_endpoint', 'identity_endpoint', 'id_member'],
    ...['revocation_endpoint', 'without_pkce', 'secret_in_body'],
  );
  return Provider.standard({
    authorizeEndpoint: optional(members['authorize_endpoint']) as string,
    tokenEndpoint: optional(members['token_endpoint']) as string,
    issuer: optional(members['issuer']),
    issuerPromised: members['iss_promised'] as boolean | undefined,
    identityEndpoint: optional(members['identity_endpoint']),
    identityMember: optional(members['id_member']),
    revocationEndpoint: optional(members['revocation_endpoint']),
    secretInBody: members['secret_in_body'] as boolean | undefined,
    pkce: members['without_pkce'] !== true,
  });
}

function loginOptions(spec: Members): AuthorizeOptions {
  exactly(
    spec,
    ...['required_scopes', 'optional_scopes', 'expect_account', 'context', 'return_to', 'session', 'ttl', 'extra'],
    'force_reauth',
  );
  return {
    requiredScopes: spec['required_scopes'] as string[] | undefined,
    optionalScopes: spec['optional_scopes'] as string[] | undefined,
    expectAccount: spec['expect_account'] as string | undefined,
    context: spec['context'] === undefined ? undefined : data(spec['context']),
    returnTo: optional(spec['return_to']),
    session: spec['session'] as string | undefined,
    ttl: spec['ttl'] as number | undefined,
    extra: (spec['extra'] as [string, Json][] | undefined)?.map(([name, value]) => [name, text(value)] as const),
    forceReauth: spec['force_reauth'] as boolean | undefined,
  };
}
