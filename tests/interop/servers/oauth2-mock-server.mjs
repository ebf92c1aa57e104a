// oauth2-mock-server (npm) as an OAuth server whose answers break on order: one JSON line when it listens, then one line
// for each order, until its input closes.
//
// An order names what the next answers are like, and ends what an older one said:
//
//   token, userinfo   status, headers; set, drop: members; body: in place of the JSON; raw: text in place of the body, or
//                     raw_base64: bytes; {access_token} in it is the genuine one
//   refresh           the same, for refreshes; without it they are like `token`
//   redirect          set, drop: parameters of the authorization response; add: text at its end
//   revoke            status
//   issuer            another one, in the metadata
//
// The answer has what was asked since the order before, and each secret that passed: none of them may be printed.
import { createServer } from "node:http";
import { createInterface } from "node:readline";

import { OAuth2Issuer, OAuth2Service } from "oauth2-mock-server";

import { versionOf } from "./version.mjs";

const issuer = new OAuth2Issuer();
await issuer.keys.generate("ES256");
const service = new OAuth2Service(issuer);
let order = {};
let requests = [];
let secrets = [];

const keep = (values) => secrets.push(...values.filter((value) => typeof value === "string" && value !== ""));

function spoil(answer, response, fault) {
  if (!fault) return;
  const genuine = answer.body;
  answer.statusCode = fault.status ?? answer.statusCode;
  response.set(fault.headers ?? {});
  answer.body = "body" in fault ? fault.body : { ...genuine, ...fault.set };
  for (const name of fault.drop ?? []) delete answer.body[name];
  const raw = "raw_base64" in fault ? Buffer.from(fault.raw_base64, "base64") : fault.raw;
  if (raw === undefined) return;
  const filled = typeof raw === "string" ? raw.replaceAll("{access_token}", genuine.access_token) : raw;
  response.json = () => response.end(filled);
}

service.on("beforeResponse", (answer, request) => {
  const { access_token, id_token, refresh_token } = answer.body;
  keep([access_token, id_token, refresh_token, ...["code", "code_verifier", "refresh_token"].map((name) => request.body[name])]);
  const refresh = request.body.grant_type === "refresh_token" && order.refresh;
  spoil(answer, request.res, refresh || order.token);
});
service.on("beforeUserinfo", (answer, request) => spoil(answer, request.res, order.userinfo));
service.on("beforeRevoke", (answer) => {
  answer.statusCode = order.revoke?.status ?? answer.statusCode;
});
service.on("beforeAuthorizeRedirect", ({ url }) => {
  keep([url.searchParams.get("code"), url.searchParams.get("state")]);
  const { set = {}, drop = [], add = "" } = order.redirect ?? {};
  for (const [name, value] of Object.entries(set)) url.searchParams.set(name, value);
  for (const name of drop) url.searchParams.delete(name);
  url.search += add;
});

const server = createServer((request, response) => {
  requests.push(`${request.method} ${request.url.split("?")[0]}`);
  service.requestHandler(request, response);
});
server.listen(0, "127.0.0.1", () => {
  const url = `http://127.0.0.1:${server.address().port}`;
  issuer.url = url;
  const about = {
    server: "oauth2-mock-server",
    version: versionOf("oauth2-mock-server"),
    issuer: url,
    // It takes every client and every secret.
    clients: [{ client_id: "basic", client_secret: "a-secret-that-is-not-checked" }, { client_id: "public" }],
    identity_endpoint: `${url}/userinfo`,
    identity_member: "sub",
  };
  console.log(JSON.stringify(about));
  createInterface({ input: process.stdin })
    .on("line", (line) => {
      order = JSON.parse(line);
      issuer.url = order.issuer ?? url;
      console.log(JSON.stringify({ requests, secrets }));
      requests = [];
      secrets = [];
    })
    .on("close", () => process.exit(0));
});
