// The Node package, asked by JSON lines: one operation a line, one answer a line. The scenarios are in `../scenarios/`.
//
// Tokens stay inside: an answer says which token it was by a digest, so that two can be compared and none be printed.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { inspect } from "node:util";

import { Client, Keeper, MemoryStore, Provider, ShutterkeyError } from "../../../bindings-node/lib/index.js";

const digest = (secret) => createHash("sha256").update(secret).digest("hex").slice(0, 16);

function described(token) {
  const refresh = token.revealRefreshToken();
  const lasts = token.expiresAt && token.issuedAt ? Math.round((token.expiresAt - token.issuedAt) / 1000) : null;
  return {
    access: digest(token.reveal()),
    refresh: refresh === undefined ? null : digest(refresh),
    lasts,
    scopes: [...(token.scopes ?? [])].sort(),
    printed: inspect(token),
  };
}

let provider, client, keeper, pending, grant;
const tokens = new Map();
const kept = (name, token) => described(tokens.set(name, token).get(name));

const operations = {
  async discover({ issuer, identity_endpoint, identity_member, secret_in_body }) {
    const settings = { identityEndpoint: identity_endpoint, identityMember: identity_member };
    provider = await Provider.discover(issuer, { ...settings, secretInBody: secret_in_body });
    return {
      issuer: provider.issuer,
      issuer_promised: provider.issuerPromised,
      token_endpoint: provider.tokenEndpoint,
      revocation_endpoint: provider.revocationEndpoint ?? null,
    };
  },
  client_of({ client_id, client_secret, redirect_uri, scopes }) {
    const settings = { clientId: client_id, clientSecret: client_secret, redirectUri: redirect_uri, scopes };
    client = new Client({ provider, ...settings });
    keeper = new Keeper({ client, store: new MemoryStore() });
    return {};
  },
  authorize() {
    const request = client.authorize();
    pending = request.pending;
    return { url: request.url };
  },
  accept({ url }) {
    grant = pending.accept(url);
    return {};
  },
  exchange: async ({ name }) => kept(name, (await client.exchange(pending, grant)).token),
  refresh: async ({ token, name }) => kept(name, await client.refresh(tokens.get(token))),
  async revoke({ token }) {
    await client.revoke(tokens.get(token));
    return {};
  },
  identify: async ({ token }) => ({ user_id: (await client.identify(tokens.get(token))).userId }),
  async keeper_complete({ url, name }) {
    const connection = await keeper.complete(pending, url, { name });
    return { ...kept(name, connection.token), user_id: connection.key.userId };
  },
  keeper_refresh: async ({ account, name }) => kept(name, await keeper.refresh(account)),
  async keeper_stored({ account }) {
    return described((await keeper.account(account)).token);
  },
  keeper_token: async ({ account }) => described(await keeper.token(account)),
  keeper_logout: async ({ account }) => ({ revoked: (await keeper.logout(account)).revoked }),
};

for await (const line of createInterface({ input: process.stdin })) {
  const { op, ...asked } = JSON.parse(line);
  let answer;
  try {
    answer = { ok: await operations[op](asked) };
  } catch (error) {
    if (!(error instanceof ShutterkeyError)) throw error;
    const { kind, said, status } = error.provider ?? {};
    answer = {
      error: error.code,
      text: `${error.message} ${error.hint} ${inspect(error)}`,
      said: error.provider === undefined ? null : { kind, said, status },
    };
  }
  console.log(JSON.stringify(answer));
}
