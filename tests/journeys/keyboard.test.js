// The whole consent without a mouse: Tab, Space and Enter are enough.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a person consents with Tab, Space and Enter alone", async (t) => {
  const sandbox = await startSandbox(t);
  const app = await sandbox.control("app", { product: "instagram", redirect_uris: ["https://localhost/"] });
  const person = await Visitor.arrive(await startBrowser(t), "keyboard");
  const { keyboard } = person.page;

  await person.open(sandbox.authorizeUrl("/instagram/oauth/authorize", {
    client_id: app.client_id,
    redirect_uri: "https://localhost/",
    response_type: "code",
    scope: "instagram_business_basic,instagram_business_manage_comments,instagram_business_manage_messages",
  }));
  await tabTo(person, "button[value='maker.sandbox']");
  await person.arriveBy(() => keyboard.press("Enter"));

  const comments = "input[value=instagram_business_manage_comments]";
  await tabTo(person, comments);
  await keyboard.press("Space");
  assert.ok(!(await person.page.locator(comments).isChecked()));

  await tabTo(person, "button[value=authorize]");
  const address = new URL(await addressAfter(person.page, () => keyboard.press("Enter")));

  const answer = await fetch(`${sandbox.url}/instagram/oauth/access_token`, {
    method: "POST",
    body: new URLSearchParams({
      client_id: app.client_id,
      client_secret: app.client_secret,
      grant_type: "authorization_code",
      redirect_uri: "https://localhost/",
      code: address.searchParams.get("code"),
    }),
  });
  assert.deepEqual([(await answer.json()).permissions].flat().join(",").split(",").sort(), [
    "instagram_business_basic",
    "instagram_business_manage_messages",
  ]);
});

test("the skip link takes the keyboard past the navigation", async (t) => {
  const sandbox = await startSandbox(t);
  const person = await Visitor.arrive(await startBrowser(t), "keyboard-skip");
  await person.page.goto(`${sandbox.url}/`);
  await person.page.keyboard.press("Tab");
  await person.page.keyboard.press("Enter");
  await person.page.keyboard.press("Tab");
  const focus = await person.page.evaluate(() => document.activeElement.closest("main") !== null);
  assert.ok(focus, "after the skip link, Tab goes on inside the main part");
});

/** Presses Tab until the element has the focus; fails when Tab never gets there. */
async function tabTo(person, selector) {
  const target = person.page.locator(selector);
  for (let presses = 0; presses < 60; presses += 1) {
    if (await target.evaluate((element) => element === document.activeElement)) return;
    await person.page.keyboard.press("Tab");
  }
  assert.fail(`Tab does not reach ${selector}`);
}
