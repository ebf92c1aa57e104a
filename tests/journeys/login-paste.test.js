// `shutterkey login` where the provider refuses http: the browser ends on a page that does not load, and its address is
// pasted into the command.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startProject } from "./lib/command.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a login by pasting the address of a page that does not load", async (t) => {
  const sandbox = await startSandbox(t);
  const redirectUri = "https://localhost/";
  const app = await sandbox.control("app", { product: "instagram", redirect_uris: [redirectUri] });
  const project = await startProject(t, {
    provider: "instagram",
    client_id: app.client_id,
    redirect_uri: redirectUri,
    sandbox_url: sandbox.url,
  });
  const login = project.start(["login", "--no-browser"], { SHUTTERKEY_CLIENT_SECRET: app.client_secret });
  const [, authorize] = await login.saying(/(http:\/\/\S+\/instagram\/oauth\/authorize\S*)\s/);
  const person = await Visitor.arrive(await startBrowser(t), "login-paste");

  await t.test("the words of an error page are explained, and the login goes on", async () => {
    const wrong = new URL(authorize);
    wrong.searchParams.set("client_id", app.meta_app_id);
    await person.open(wrong.href);
    login.type(await person.page.locator("main .lead").innerText());
    await login.saying(/Instagram app ID/i);
  });

  await t.test("an address of another login is refused, and the login goes on", async () => {
    login.type(`${redirectUri}?code=planted&state=planted`);
    await login.saying(/another login|state/i);
  });

  await t.test("the pasted address ends the login well, and the account is kept", async () => {
    await person.open(authorize);
    await person.press("Continue as maker.sandbox");
    const address = await addressAfter(person.page, () => person.control("Allow").click());
    login.type(address);
    const { code, said } = await login.ended;
    assert.equal(code, 0, said);
    assert.ok(!said.includes(new URL(address).searchParams.get("code")), "what was pasted is not shown");
    const { accounts } = await project.ask("accounts");
    assert.deepEqual(accounts.map(({ account }) => [account.provider, account.username]), [["instagram", "maker.sandbox"]]);
    assert.equal((await project.ask("whoami")).account.username, "maker.sandbox");
  });
});
