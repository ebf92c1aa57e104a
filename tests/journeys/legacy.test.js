// The journey of the old tutorials: from a developer's sign-up to a token in the address bar.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a developer registers a client and reads its token from the address bar", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const person = await Visitor.arrive(browser, "tutorial");
  const { page } = person;

  await t.test("signing up as a developer", async () => {
    await person.open(`${sandbox.url}/`);
    await person.press("Register a client: Legacy platform");
    await person.press("Register Your Application");
    assert.equal(await person.heading(), "Pick a sandbox person");
    await person.press("Continue as studio.sandbox");
    assert.equal(await person.heading(), "Developer Signup");
    await person.press("Sign up");
    assert.match(await page.getByRole("alert").innerText(), /Accept the terms/);
    await person.fill("Your website", "http://localhost");
    await person.fill("Phone number", "none");
    await person.fill("What do you want to build with the API?", "A page that shows my own pictures");
    await page.getByLabel("I accept the API Terms of Use").check();
    await person.press("Sign up");
    assert.equal(await person.heading(), "Manage Clients");
  });

  await t.test("registering a client", async () => {
    await person.press("Register a New Client");
    await person.fill("Application Name", "Best of Instagram");
    await person.press("Register");
    assert.match(await page.getByRole("alert").innerText(), /Instagram/, "a name that could deceive is refused");
    await person.fill("Application Name", "Darkroom Wall");
    await person.fill("Description", "Shows my own pictures on my own page");
    await person.fill("Website URL", "http://localhost");
    await person.fill("Valid redirect URIs", "http://localhost");
    await page.getByLabel("I am a person, or a test that plays one").check();
    await person.press("Register");
    assert.equal(await person.heading(), "Manage Clients");
    assert.match(await page.locator("main").innerText(), /Darkroom Wall[\s\S]*Sandbox Mode/);
  });

  await person.press("Manage Darkroom Wall");
  const clientId = await person.described("CLIENT ID");
  assert.match(clientId, /^[0-9a-f]{32}$/);
  assert.match(await person.described("CLIENT SECRET"), /^[0-9a-f]{32}$/);
  const query = `client_id=${clientId}&redirect_uri=http://localhost&response_type=token`;
  const authorize = `${sandbox.url}/legacy/oauth/authorize/?${query}`;

  await t.test("while implicit OAuth is disabled, authorizing is refused in the platform's words", async () => {
    const answer = await person.openData(authorize);
    assert.equal(answer.status(), 403);
    assert.deepEqual(await answer.json(), {
      code: 403,
      error_type: "OAuthForbiddenException",
      error_message: "Implicit authentication is disabled",
    });
  });

  await t.test("switching implicit OAuth on", async () => {
    await person.open(`${sandbox.url}/legacy/developer/clients/manage/`);
    await person.press("Manage Darkroom Wall");
    await person.press("Security");
    const box = page.getByLabel("Disable implicit OAuth");
    assert.ok(await box.isChecked());
    await box.uncheck();
    await person.press("Update Client");
    assert.equal(await page.getByRole("status").innerText(), "Your changes were saved.");
    assert.ok(!(await page.getByLabel("Disable implicit OAuth").isChecked()));
  });

  let token;
  await t.test("the address bar holds the token after Authorize, and the token works", async () => {
    await person.open(authorize);
    assert.equal(await person.heading(), "Darkroom Wall asks for access");
    const address = await addressAfter(page, () => person.control("Authorize").click());
    token = tokenOf(address, clientId);
    const answer = await fetch(`${sandbox.url}/legacy/v1/users/self/?access_token=${token}`);
    const { data, meta } = await answer.json();
    assert.equal(meta.code, 200);
    assert.equal(data.username, "studio.sandbox");
    assert.equal(data.id, token.split(".")[0]);
  });

  await t.test("a browser that knows nobody asks first, and consenting again gives the same token", async () => {
    const again = await Visitor.arrive(browser, "tutorial-again");
    await again.open(authorize);
    assert.equal(await again.heading(), "Pick a sandbox person");
    await again.press("Continue as studio.sandbox");
    const address = await addressAfter(again.page, () => again.control("Authorize").click());
    assert.equal(tokenOf(address, clientId), token);
  });
});

function tokenOf(address, clientId) {
  const shape = new RegExp(`^http://localhost/#access_token=(\\d+\\.${clientId.slice(0, 7)}\\.[0-9a-f]{32})$`);
  assert.match(address, shape);
  return shape.exec(address)[1];
}
