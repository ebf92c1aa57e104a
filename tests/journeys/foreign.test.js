// What a page of somebody else can do to a sandbox that runs on the visitor's machine: nothing.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REBOUND, startBrowser } from "./lib/browser.js";
import { startElsewhere } from "./lib/elsewhere.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a page on another origin cannot drive the sandbox", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const elsewhere = await startElsewhere(t);
  const spec = { product: "legacy", redirect_uris: ["http://localhost"], allow_implicit: true };
  const app = await sandbox.control("app", spec);
  const authorize = sandbox.authorizeUrl("/legacy/oauth/authorize/", {
    client_id: app.client_id,
    redirect_uri: "http://localhost",
    response_type: "token",
  });

  // The victim is somebody in this browser. The other page is on the same host with another port: the same site, so
  // that the sandbox's cookies are sent along.
  const victim = await Visitor.arrive(browser, "foreign");
  await victim.open(`${sandbox.url}/people/pick`);
  await victim.press("Continue as studio.sandbox");
  const before = await sandbox.control("world");
  const { page } = victim;

  await t.test("a form that it sends is refused, with the victim's cookies", async () => {
    for (const [action, fields] of [
      ["/people", { username: "planted" }],
      ["/people/pick", { person: "bakery.sandbox" }],
      ["/legacy/oauth/consent", { request: authorize.split("?")[1], decision: "authorize" }],
    ]) {
      await page.goto(elsewhere);
      const [answer] = await Promise.all([
        page.waitForResponse((answer) => answer.url() === sandbox.url + action),
        victim.arriveBy(() => page.evaluate(sendForm, { action: sandbox.url + action, fields })),
      ]);
      const cookies = (await answer.request().allHeaders()).cookie ?? "";
      assert.match(cookies, /studio\.sandbox/, "the browser did send the victim's cookies");
      assert.equal(answer.status(), 403, action);
    }
  });

  await t.test("a control call from it never gets through, even with the control token", async () => {
    await page.goto(elsewhere);
    const said = await page.evaluate(callControl, { url: `${sandbox.url}/control/reset`, token: sandbox.controlToken });
    assert.deepEqual(said, { asked: "refused", blind: "refused" });
  });

  await t.test("it cannot put a consent page into a frame", async () => {
    await page.goto(elsewhere);
    const failed = page.waitForEvent("requestfailed");
    await page.evaluate(showInFrame, authorize);
    assert.equal((await failed).failure().errorText, "net::ERR_BLOCKED_BY_RESPONSE");
  });

  await t.test("a name that was pointed at this machine gets no page", async () => {
    const answer = await page.goto(sandbox.url.replace("127.0.0.1", REBOUND));
    assert.equal(answer.status(), 400);
    assert.match(await answer.text(), /answers to 127\.0\.0\.1 and localhost/);
  });

  await t.test("nothing has happened in the sandbox", async () => {
    assert.deepEqual(await sandbox.control("world"), before);
  });
});

/** In the page: sends a form as its owner would like to. */
function sendForm({ action, fields }) {
  const form = Object.assign(document.createElement("form"), { method: "post", action });
  for (const [name, value] of Object.entries(fields)) {
    form.append(Object.assign(document.createElement("input"), { name, value }));
  }
  document.body.append(form);
  form.submit();
}

/** In the page: puts an address into a frame. */
function showInFrame(src) {
  document.body.append(Object.assign(document.createElement("iframe"), { src }));
}

/** In the page: calls the control API, with the token, and blindly, as needs no leave of the other side. */
async function callControl({ url, token }) {
  const asked = await fetch(url, { method: "POST", headers: { "X-Shutterkey-Control": token } }).then(
    (answer) => answer.status,
    () => "refused",
  );
  const blind = await fetch(url, { method: "POST", mode: "no-cors", body: "{}" }).then(
    (answer) => answer.type, // "opaque" at best: the answer cannot be read
    () => "refused",
  );
  return { asked, blind };
}
