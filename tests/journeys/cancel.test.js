// Pressing Cancel: the app learns it from the query, with its own state, in both products and both flows.

import assert from "node:assert/strict";
import { test } from "node:test";

import { addressAfter, startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

const LEGACY = { product: "legacy", path: "/legacy/oauth/authorize/", redirectUri: "http://localhost", scope: "basic" };
const CASES = [
  { ...LEGACY, responseType: "code" },
  { ...LEGACY, responseType: "token" },
  {
    product: "instagram",
    path: "/instagram/oauth/authorize",
    redirectUri: "https://localhost/",
    responseType: "code",
    scope: "instagram_business_basic",
  },
];

test("pressing Cancel", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  for (const { product, path, redirectUri, responseType, scope } of CASES) {
    await t.test(`${product}, ${responseType}: the denial is in the query, and the state comes back`, async () => {
      const app = await sandbox.control("app", { product, redirect_uris: [redirectUri], allow_implicit: true });
      const person = await Visitor.arrive(browser, `cancel-${product}-${responseType}`);
      await person.open(sandbox.authorizeUrl(path, {
        client_id: app.client_id,
        redirect_uri: redirectUri,
        response_type: responseType,
        scope,
        state: "a state, with & and #",
      }));
      await person.press("Continue as maker.sandbox");
      const address = new URL(await addressAfter(person.page, () => person.control("Cancel").click()));
      assert.equal(address.origin + address.pathname, new URL(redirectUri).href);
      assert.equal(address.hash, "");
      assert.deepEqual(Object.fromEntries(address.searchParams), {
        error: "access_denied",
        error_reason: "user_denied",
        error_description: "The user denied your request",
        state: "a state, with & and #",
      });
    });
  }
});
