// `shutterkey login` with Instagram Login, which refuses http: the answer comes straight back to https on this machine, with
// a certificate of the person's own.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import path from "node:path";
import { test } from "node:test";

import { startBrowser } from "./lib/browser.js";
import { freePort, startProject } from "./lib/command.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a login by https on this machine", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const redirectUri = `https://localhost:${await freePort()}/callback`;
  const app = await sandbox.control("app", { product: "instagram", redirect_uris: [redirectUri] });
  const project = await startProject(t, {
    provider: "instagram",
    client_id: app.client_id,
    redirect_uri: redirectUri,
    sandbox_url: sandbox.url,
    tls_cert: "localhost.pem",
    tls_key: "localhost-key.pem",
  });
  makeCertificate(project.folder);
  const login = project.start(["login", "--no-browser"], { SHUTTERKEY_CLIENT_SECRET: app.client_secret });
  const [, authorize] = await login.saying(/(http:\/\/\S+\/instagram\/oauth\/authorize\S*)\s/);
  // Stands for a browser that was told to trust the certificate, as mkcert does it.
  const context = await browser.newContext({ viewport: { width: 1100, height: 800 }, ignoreHTTPSErrors: true });
  const person = new Visitor(await context.newPage(), "login-tls");
  const { page } = person;

  await t.test("http at the same port is told to come by https, and the login goes on", async () => {
    const answer = await page.goto(redirectUri.replace("https:", "http:"));
    assert.equal(answer.status(), 400);
    assert.match(await page.innerText("body"), /speaks https/);
  });

  await t.test("the person allows it, and sees that the answer has arrived", async () => {
    await person.open(authorize);
    await person.press("Continue as maker.sandbox");
    await person.control("Allow").click();
    await page.getByRole("heading", { name: "Approved" }).waitFor();
    const left = new URL(page.url());
    assert.deepEqual([left.origin, left.search], [new URL(redirectUri).origin, ""]);
    assert.equal(await page.evaluate(() => isSecureContext), true);
    await person.look();
  });

  await t.test("the command ends well, and the account is kept", async () => {
    const { code, said } = await login.ended;
    assert.equal(code, 0, said);
    assert.equal((await project.ask("whoami")).account.username, "maker.sandbox");
  });
});

/** As `mkcert localhost` names them. */
function makeCertificate(folder) {
  const at = (name) => path.join(folder, name);
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", at("localhost-key.pem")];
  const names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost"];
  execFileSync("openssl", ["req", "-x509", ...key, "-out", at("localhost.pem"), "-days", "2", ...names], { stdio: "pipe" });
}
