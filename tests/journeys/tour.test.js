// The pages that no other walk comes by, so that every page of the sandbox is held to the rules.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("the other pages of the sandbox", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const asStudio = async (walk) => {
    const person = await Visitor.arrive(browser, walk);
    await person.open(`${sandbox.url}/people/pick?next=/people/`);
    await person.press("Continue as studio.sandbox");
    return person;
  };

  await t.test("people can be added, with a name that says that they are made up", async () => {
    const person = await asStudio("tour-people");
    await person.fill("Username", "not a name");
    await person.press("Add person");
    assert.equal(await person.page.getByRole("alert").count(), 1);
    await person.fill("Username", "florist");
    await person.page.getByLabel("creator account").check();
    await person.press("Add person");
    assert.ok(await person.page.getByRole("rowheader", { name: "florist.sandbox" }).isVisible());
    const answer = await person.open(`${sandbox.url}/no/such/page`);
    assert.equal(answer.status(), 404);
  });

  await t.test("legacy: sandbox users, authorized applications, deleting a client", async () => {
    const app = await sandbox.control("app", { product: "legacy", redirect_uris: ["http://localhost"], owner: "studio" });
    await sandbox.control("mint_token", { product: "legacy", person: "studio", client_id: app.client_id });
    const person = await asStudio("tour-legacy");
    await person.open(`${sandbox.url}/legacy/developer/`);
    await person.press("Authorized applications");
    await person.press("Revoke Access of Sandbox app");
    assert.match(await person.page.locator("main").innerText(), /not authorized any applications/);
    await person.open(`${sandbox.url}/legacy/developer/clients/manage/`);
    await person.press("Manage Sandbox app");
    await person.press("Sandbox");
    await person.page.getByLabel("bakery.sandbox").check();
    await person.press("Update Client");
    await person.press("Back to Manage Clients");
    await person.press("Delete Sandbox app");
    await person.press("Delete");
    assert.match(await person.page.locator("main").innerText(), /no clients yet/);
  });

  await t.test("Instagram Login: tester invites, deleting an app", async () => {
    await sandbox.control("app", { product: "instagram", redirect_uris: ["https://localhost/"], owner: "studio" });
    const person = await asStudio("tour-instagram");
    await person.open(`${sandbox.url}/instagram/dashboard/`);
    await person.press("App roles of Sandbox app");
    await person.press("Invite bakery.sandbox");
    await person.press("Be somebody else");
    await person.press("Continue as bakery.sandbox");
    await person.open(`${sandbox.url}/instagram/accounts/manage_access/`);
    await person.press("Accept");
    await person.press("Be somebody else");
    await person.press("Continue as studio.sandbox");
    await person.open(`${sandbox.url}/instagram/dashboard/`);
    await person.press("Delete Sandbox app");
    await person.press("Delete");
    assert.match(await person.page.locator("main").innerText(), /no apps yet/);
  });

  await t.test("standard: registering, consenting, authorized applications, deleting a client", async () => {
    const person = await asStudio("tour-standard");
    await person.open(`${sandbox.url}/`);
    await person.press("Register a client: Standard OAuth");
    await person.press("Register a client");
    await person.press("Register");
    assert.equal(await person.page.getByRole("alert").count(), 1);
    await person.fill("Client name", "Light Table");
    await person.fill("Redirect URIs", "https://localhost/");
    await person.page.getByLabel("Accept requests without PKCE").check();
    await person.press("Register");
    const authorize = { client_id: await person.described("client_id"), redirect_uri: "https://localhost/", response_type: "code" };
    const other = await asStudio("tour-standard-consent");
    await other.open(sandbox.authorizeUrl("/standard/authorize", { ...authorize, redirect_uri: "https://elsewhere.example/" }));
    await other.open(sandbox.authorizeUrl("/standard/authorize", { ...authorize, state: "mine" }));
    const address = await addressAfter(other.page, () => other.control("Authorize").click());
    assert.match(address, /^https:\/\/localhost\/\?code=/);
    await person.open(`${sandbox.url}/standard/accounts/apps/`);
    await person.open(`${sandbox.url}/standard/clients/`);
    await person.press("Manage Light Table");
    await person.press("Save");
    await person.press("Delete");
    await person.press("Delete");
    assert.match(await person.page.locator("main").innerText(), /no clients yet/i);
  });
});
