// A person connects an account at a web site: the Express example, with the package's own routes.

import assert from "node:assert/strict";
import { test } from "node:test";

import { REBOUND, startBrowser } from "./lib/browser.js";
import { startElsewhere } from "./lib/elsewhere.js";
import { startSite } from "./lib/site.js";
import { Visitor } from "./lib/visitor.js";

test("a person connects an account at a site, and sees it there", async (t) => {
  const site = await startSite(t);
  const person = await Visitor.arrive(await startBrowser(t), "express");
  const { page } = person;

  await t.test("the site has no account of theirs yet", async () => {
    await person.open(site);
    await person.press("Your accounts");
    assert.match(await page.locator("main").innerText(), /No account is connected yet/);
  });

  await t.test("a person who presses Cancel sees why, and the way back", async () => {
    await person.press("Connect Instagram");
    await person.press("Continue as studio.sandbox");
    await person.press("Cancel");
    assert.equal(await person.heading(), "Not connected");
    await person.press("Back");
    assert.equal(new URL(page.url()).pathname, "/accounts");
  });

  let answer;
  await t.test("one who approves comes back to the page that they began on, and their account is there", async () => {
    await person.press("Connect Instagram");
    page.on("request", (request) => {
      if (request.url().includes("/ig/callback")) answer = request.url();
    });
    await person.press("Allow");
    assert.equal(page.url(), `${site}accounts#connected`);
    assert.match(await page.getByRole("listitem").innerText(), /^studio\.sandbox\s+Connected until/);
    assert.ok(await page.getByText("Your account is connected.").isVisible());
    const { cookies } = await page.context().storageState();
    assert.ok(!cookies.some(({ name }) => name === "shutterkey"), "no login is left open");
  });

  await t.test("the same answer, loaded again, is refused and changes nothing", async () => {
    const again = await person.open(answer);
    assert.equal(again.status(), 400);
    assert.equal(await person.heading(), "The login was not completed");
    await person.press("Back");
    await person.press("Your accounts");
    assert.equal(await page.getByRole("listitem").count(), 1);
  });
});

test("h4: no page of another site begins a login, whatever it tries", async (t) => {
  const site = await startSite(t);
  const person = await Visitor.arrive(await startBrowser(t), "express-elsewhere");
  const { page } = person;
  const elsewhere = await startElsewhere(t);
  const start = `${site}ig/start`;

  for (const [where, address] of [
    ["another port of this machine", elsewhere],
    ["another name", elsewhere.replace("127.0.0.1", REBOUND)],
  ]) {
    for (const method of ["post", "get"]) {
      await t.test(`a form on ${where}, method ${method}`, async () => {
        await page.goto(address);
        const refused = page.waitForResponse(start + (method === "get" ? "?" : ""));
        await person.arriveBy(() => page.evaluate(submit, { method, action: start }));
        assert.equal((await refused).status(), 403);
        assert.equal(await person.heading(), "The login was not begun");
        assert.deepEqual(await page.context().cookies(), []);
      });
    }
  }
});

/** In the page: a form that sends itself. */
function submit(attributes) {
  const form = Object.assign(document.createElement("form"), attributes);
  document.body.append(form);
  form.submit();
}
