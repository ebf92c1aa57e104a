// oidc-provider (npm) as an OAuth server: one JSON line when it listens, then it runs until its input closes.
//
// A login is walked through the server's own interaction pages. `/whoami` is a resource beside it: whose token it is, for
// logins without `openid`.
import { randomBytes } from "node:crypto";
import { createServer } from "node:http";

import { Provider } from "oidc-provider";

import { versionOf } from "./version.mjs";

const redirectUri = process.argv[2] ?? "http://127.0.0.1:4000/callback";
// With what RFC 6749 2.3.1 wants encoded.
const secret = `${randomBytes(24).toString("hex")}:%+ &/=`;
const common = {
  redirect_uris: [redirectUri],
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  scope: "read write",
};
const clients = [
  { ...common, client_id: "basic", client_secret: secret, token_endpoint_auth_method: "client_secret_basic" },
  { ...common, client_id: "post", client_secret: secret, token_endpoint_auth_method: "client_secret_post" },
  { ...common, client_id: "public", token_endpoint_auth_method: "none" },
];

const server = createServer();
server.listen(0, "127.0.0.1", () => {
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const provider = new Provider(issuer, {
    clients,
    cookies: { keys: [randomBytes(16).toString("hex")] },
    scopes: ["read", "write"],
    pkce: { required: () => true },
    features: { revocation: { enabled: true }, devInteractions: { enabled: true } },
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    ttl: { AccessToken: 3600, AuthorizationCode: 60, RefreshToken: 86400, Session: 600, Interaction: 600, Grant: 86400 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  provider.use(async (context, next) => {
    if (context.path !== "/whoami") return next();
    const [, value] = /^Bearer (.+)$/.exec(context.get("authorization")) ?? [];
    const token = value && (await provider.AccessToken.find(value));
    context.status = token ? 200 : 401;
    context.body = token ? { sub: token.accountId } : { error: "invalid_token" };
  });
  server.on("request", provider.callback());
  const about = {
    server: "oidc-provider",
    version: versionOf("oidc-provider"),
    issuer,
    clients,
    token_endpoint: `${issuer}/token`,
    revocation_endpoint: `${issuer}/token/revocation`,
    identity_endpoint: `${issuer}/whoami`,
    identity_member: "sub",
    user_id: "ada",
    lasts: 3600,
    decline: "Cancel",
  };
  console.log(JSON.stringify(about));
});

process.stdin.resume();
process.stdin.on("end", () => process.exit(0));
