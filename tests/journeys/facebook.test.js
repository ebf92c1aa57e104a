// Facebook Login for Business as its developer sets it up, and as people go through it: Pages chosen, permissions declined.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a person gives an app one Page and the Instagram account behind it", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const developer = await Visitor.arrive(browser, "facebook-developer");
  const redirectUri = "https://localhost/";

  await t.test("creating an app, its redirect URI and a configuration", async () => {
    await developer.open(`${sandbox.url}/`);
    await developer.press("Create an app: Facebook Login for Business");
    await developer.press("Continue as studio.sandbox");
    await developer.press("Create app");
    await developer.fill("App name", "Contact Sheet");
    await developer.press("Create app");
    assert.equal(await developer.heading(), "Contact Sheet: Facebook Login for Business");
    await developer.fill("Valid OAuth redirect URIs", redirectUri);
    await developer.press("Save");
    assert.equal(await developer.page.getByRole("status").innerText(), "Your changes were saved.");
    await developer.press("Save configuration");
    assert.match(await developer.page.getByRole("alert").innerText(), /Choose at least one permission/);
    await developer.fill("Name", "Whole shop");
    await developer.page.getByLabel("instagram_basic", { exact: true }).check();
    await developer.page.getByLabel("pages_show_list", { exact: true }).check();
    await developer.press("Save configuration");
  });

  const appId = await developer.described("App ID");
  const appSecret = await developer.described("App secret");
  const configId = await developer.described("config_id");
  const dialog = (parameters) => sandbox.authorizeUrl("/facebook/v26.0/dialog/oauth", {
    client_id: appId,
    redirect_uri: redirectUri,
    state: "of-this-login",
    scope: "instagram_basic,pages_show_list,business_management",
    ...parameters,
  });
  const person = await Visitor.arrive(browser, "facebook-person");
  const words = () => person.page.locator("main").innerText();

  await t.test("in development, people without a role are told that the app is not active", async () => {
    await person.open(dialog());
    await person.press("Continue as maker.sandbox");
    assert.match(await words(), /This app is in development/);
    assert.equal(await person.heading(), "App not active");
    await developer.press("App roles");
    await developer.press("Go live");
  });

  for (const [what, parameters, heading, said] of [
    ["an unknown app", { client_id: "1234567890" }, "Invalid App ID", /does not look like a valid app ID/],
    ["a redirect URI that differs by a slash", { redirect_uri: "https://localhost" }, "URL blocked", /not whitelisted/],
    ["http once the app is live", { redirect_uri: "http://localhost/" }, "URL blocked", /not whitelisted/],
    ["a permission of Instagram Login", { scope: "instagram_business_basic" }, "Invalid Scopes", /instagram_business_basic/],
    ["a permission of Basic Display", { scope: "user_profile" }, "Invalid Scopes", /user_profile/],
  ]) {
    await t.test(`${what} is told to the person, never to the app`, async () => {
      const answer = await person.open(dialog(parameters));
      assert.equal(answer.status(), 400);
      assert.equal(await person.heading(), heading);
      assert.match(await words(), said);
    });
  }

  let code;
  await t.test("permissions can be declined one by one, and the code comes back with Facebook's marker", async () => {
    await person.open(dialog());
    assert.equal(await person.heading(), "Contact Sheet asks for access");
    await person.page.locator('input[value="business_management"]').uncheck();
    const address = await addressAfter(person.page, () => person.control("Continue").click());
    const shape = /^https:\/\/localhost\/\?code=(AQ[\w-]+)&state=of-this-login#_=_$/;
    assert.match(address, shape);
    [, code] = shape.exec(address);
  });

  const graph = async (path, parameters) => {
    const answer = await fetch(`${sandbox.url}/facebook/v26.0/${path}?${new URLSearchParams(parameters)}`);
    return answer.json();
  };

  await t.test("the maker's Page belongs to a portfolio, so it is not seen without business_management", async () => {
    const client = { client_id: appId, client_secret: appSecret };
    const { access_token: token } = await graph("oauth/access_token", { ...client, redirect_uri: redirectUri, code });
    assert.deepEqual((await graph("me/accounts", { access_token: token })).data, []);
    const { data } = await graph("debug_token", { access_token: `${appId}|${appSecret}`, input_token: token });
    assert.equal(data.app_id, appId);
    assert.ok(!data.scopes.includes("business_management"));
  });

  await t.test("asked again by name, the person says yes, and the token in the fragment leads to the account", async () => {
    await person.open(dialog({ auth_type: "rerequest", response_type: "token" }));
    const address = await addressAfter(person.page, () => person.control("Continue").click());
    assert.match(address, /^https:\/\/localhost\/\?#access_token=EAASANDBOX/);
    const fragment = new URLSearchParams(new URL(address).hash.slice(1));
    const fields = "name,instagram_business_account{username}";
    const { data } = await graph("me/accounts", { access_token: fragment.get("access_token"), fields });
    assert.equal(data[0].instagram_business_account.username, "maker.sandbox");
  });

  await t.test("a configuration is granted whole or not at all", async () => {
    await person.open(dialog({ scope: "", config_id: configId }));
    assert.equal(await person.page.locator('input[name="permission"]').count(), 0, "there is nothing to untick");
    const address = await addressAfter(person.page, () => person.control("Cancel").click());
    assert.match(address, /error_reason=user_denied&error=access_denied&error_code=200/);
  });

  await t.test("the person removes the app", async () => {
    await person.open(`${sandbox.url}/facebook/accounts/manage_access/`);
    await person.press("Remove Contact Sheet");
    assert.match(await words(), /No app has access/);
  });
});
