// Threads as its developer sets it up, and as a person with a personal account goes through it.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a person with a personal account lets an app read and publish on Threads", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const developer = await Visitor.arrive(browser, "threads-developer");
  const redirectUri = "https://localhost/";

  await developer.open(`${sandbox.url}/`);
  await developer.press("Create an app: Threads");
  await developer.press("Continue as studio.sandbox");
  await developer.press("Create app");
  await developer.fill("App name", "Light Table");
  await developer.press("Create app");
  assert.equal(await developer.heading(), "Light Table: Access the Threads API");
  await developer.fill("OAuth redirect URIs", redirectUri);
  await developer.press("Save");
  const appId = await developer.described("Threads app ID");
  const secret = await developer.described("Threads app secret");
  const metaAppId = await developer.described("Meta app ID");
  const ask = (parameters) => sandbox.authorizeUrl("/threads/oauth/authorize", {
    client_id: appId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: "threads_basic,threads_content_publish",
    ...parameters,
  });
  const person = await Visitor.arrive(browser, "threads-person");
  const words = () => person.page.locator("main").innerText();

  for (const [what, parameters, said] of [
    ["the Meta app id", { client_id: metaAppId }, /Invalid platform app/],
    ["a redirect URI that is not registered", { redirect_uri: "https://localhost/cb" }, /Invalid redirect_uri/],
    ["a login without threads_basic", { scope: "threads_delete" }, /Invalid scope: threads_delete/],
    ["a permission of another product", { scope: "instagram_business_basic" }, /Invalid scope/],
  ]) {
    await t.test(`${what} is told to the person, never to the app`, async () => {
      assert.equal((await person.open(ask(parameters))).status(), 400);
      assert.match(await words(), said);
    });
  }

  await t.test("a stranger is told of the role that is missing, and accepts the invitation", async () => {
    await person.open(ask());
    await person.press("Continue as visitor.sandbox");
    assert.match(await words(), /Insufficient developer role/);
    await developer.press("App roles");
    await developer.press("Invite visitor.sandbox");
    await person.open(`${sandbox.url}/threads/accounts/manage_access/`);
    await person.press("Accept");
  });

  await t.test("consent ends with a code, and the code with an id above 2^53", async () => {
    await person.open(ask());
    const address = await addressAfter(person.page, () => person.control("Allow").click());
    const code = new URL(address).searchParams.get("code");
    const answer = await fetch(`${sandbox.url}/threads/oauth/access_token`, {
      method: "POST",
      body: new URLSearchParams({
        client_id: appId, client_secret: secret, grant_type: "authorization_code", redirect_uri: redirectUri, code,
      }),
    });
    assert.match(await answer.text(), /"access_token":"THAASANDBOX.*"user_id":2\d{16}\D/);
  });
});
