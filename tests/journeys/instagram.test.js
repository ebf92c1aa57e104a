// Business Login as an app's developer sets it up, and as a person goes through it with one permission unticked.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

const BASIC = "instagram_business_basic";
const COMMENTS = "instagram_business_manage_comments";
const PUBLISH = "instagram_business_content_publish";

test("a person unticks one permission of an app, and the exchange shows that it is missing", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const developer = await Visitor.arrive(browser, "instagram-developer");
  const redirectUri = "https://localhost/";

  await t.test("creating an app", async () => {
    await developer.open(`${sandbox.url}/`);
    await developer.press("Create an app: Instagram Login");
    await developer.press("Continue as studio.sandbox");
    assert.equal(await developer.heading(), "App dashboard");
    await developer.press("Create app");
    await developer.fill("App name", "Contact Sheet");
    await developer.press("Create app");
    assert.equal(await developer.heading(), "Contact Sheet: API setup with Instagram login");
  });

  await t.test("http is refused as redirect URI, https on localhost is taken", async () => {
    await developer.fill("OAuth redirect URIs", "http://localhost:8000/");
    await developer.press("Save");
    assert.match(await developer.page.getByRole("alert").innerText(), /refuses http/);
    await developer.fill("OAuth redirect URIs", redirectUri);
    await developer.press("Save");
    assert.equal(await developer.page.getByRole("status").innerText(), "Your changes were saved.");
  });

  const appId = await developer.described("Instagram app ID");
  const appSecret = await developer.described("Instagram app secret");
  const metaAppId = await developer.described("Meta app ID");
  const ask = (parameters) => sandbox.authorizeUrl("/instagram/oauth/authorize", {
    client_id: appId,
    redirect_uri: redirectUri,
    response_type: "code",
    scope: [BASIC, COMMENTS, PUBLISH].join(","),
    state: "of-this-login",
    ...parameters,
  });
  const person = await Visitor.arrive(browser, "instagram-person");

  await t.test("a Meta app id in place of the Instagram one is told to the person", async () => {
    const answer = await person.open(ask({ client_id: metaAppId }));
    assert.equal(answer.status(), 400);
    assert.match(await person.page.locator("main").innerText(), /Request parameters are invalid: Invalid platform app/);
  });

  await t.test("an app in development lets people with a role in, and nobody else", async () => {
    await person.open(ask());
    const personal = person.control("Continue as visitor.sandbox");
    assert.ok(await personal.isDisabled(), "only professional accounts can log in");
    await person.press("Continue as bakery.sandbox");
    assert.match(await person.page.locator("main").innerText(), /Insufficient developer role/);
    await developer.press("App roles");
    await developer.press("Go live");
  });

  let code;
  await t.test("every permission but the base one can be unticked, and the code comes back with the state", async () => {
    await person.open(ask());
    assert.equal(await person.heading(), "Contact Sheet asks for access");
    const box = (scope) => person.page.locator(`input[value="${scope}"]`);
    assert.ok(await box(BASIC).isDisabled());
    await box(COMMENTS).uncheck();
    const address = await addressAfter(person.page, () => person.control("Allow").click());
    const shape = /^https:\/\/localhost\/\?code=(AQ[\w-]+)&state=of-this-login#_$/;
    assert.match(address, shape);
    [, code] = shape.exec(address);
  });

  const exchange = () => fetch(`${sandbox.url}/instagram/oauth/access_token`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: appId,
      client_secret: appSecret,
      grant_type: "authorization_code",
      redirect_uri: redirectUri,
      code,
    }),
  });

  await t.test("the exchange names what was granted, and a code works once", async () => {
    const answer = await exchange();
    assert.equal(answer.status, 200);
    const granted = await answer.json();
    assert.deepEqual([granted.permissions].flat().join(",").split(",").sort(), [BASIC, PUBLISH].sort());
    const me = await fetch(`${sandbox.url}/instagram/me?fields=username&access_token=${granted.access_token}`);
    assert.equal((await me.json()).username, "bakery.sandbox");
    assert.equal((await exchange()).status, 400);
  });

  await t.test("the person finds the app under Apps and websites, and removes it", async () => {
    await person.open(`${sandbox.url}/instagram/accounts/manage_access/`);
    await person.press("Remove Contact Sheet");
    assert.match(await person.page.locator("main").innerText(), /No app has access/);
  });

  await t.test("the dashboard gives a token without a login, and it works", async () => {
    await developer.press("API setup with Instagram login");
    await developer.press("Generate token for studio.sandbox");
    const token = await developer.page.getByLabel("Access token of studio.sandbox").inputValue();
    const me = await fetch(`${sandbox.url}/instagram/me?fields=username&access_token=${token}`);
    assert.equal((await me.json()).username, "studio.sandbox");
  });
});
