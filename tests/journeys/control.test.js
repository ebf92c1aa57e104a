// The control room: a person lets time pass and things go wrong, and reads what was called.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser } from "./lib/browser.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

test("a person lets a token's time pass, breaks the platform, and begins anew", async (t) => {
  const sandbox = await startSandbox(t);
  const browser = await startBrowser(t);
  const person = await Visitor.arrive(browser, "control");
  const words = () => person.page.locator("main").innerText();
  const mint = async (who) => {
    const { access_token: token } = await sandbox.control("mint_token", { product: "instagram", person: who });
    return `${sandbox.url}/instagram/me?fields=username&access_token=${token}`;
  };
  const [studio, bakery] = [await mint("studio"), await mint("bakery")];
  const status = async (url) => (await fetch(url)).status;

  await t.test("the clock stops, moves and runs on", async () => {
    await person.open(`${sandbox.url}/`);
    await person.press("Control room");
    await person.press("Stop it");
    assert.match(await words(), /and it stands still/);
    const before = (await sandbox.control("clock")).now;
    await person.press("Forward by 59 days");
    assert.equal((await sandbox.control("clock")).now, before + 59 * 86400);
    assert.equal(await status(studio), 200);
    await person.press("Let it run");
  });

  await t.test("one person is throttled, and the other is not", async () => {
    await person.page.getByLabel("For whom").selectOption("studio.sandbox");
    await person.page.getByLabel("How often").selectOption({ label: "every call until it is cleared" });
    await person.press("Add fault");
    assert.match(await words(), /throttle at every endpoint for studio\.sandbox, until it is cleared/);
    assert.deepEqual([await status(studio), await status(bakery)], [400, 200]);
    await person.press("Clear all faults");
    assert.match(await words(), /Nothing is asked to go wrong/);
  });

  await t.test("a changed password ends the tokens of one person", async () => {
    await person.page.getByLabel("Whose").selectOption("bakery.sandbox");
    await person.page.getByLabel("What happens").selectOption({ label: "Password changed (460)" });
    await person.press("Let it happen");
    const answer = await fetch(bakery);
    assert.equal((await answer.json()).error.error_subcode, 460);
  });

  await t.test("the journal has it all, newest first and without secrets", async () => {
    await person.press("As documented");
    assert.match(await words(), /answers as the documentation says/);
    const first = await person.page.locator("tbody tr").first().innerText();
    assert.match(first, /GET \/instagram\/me\s+400\s+bakery\.sandbox/);
    assert.ok(!(await person.page.content()).includes("IGAASANDBOX"));
  });

  await t.test("it begins anew after a question", async () => {
    await person.press("Reset");
    assert.equal(await person.heading(), "Reset this sandbox");
    await person.press("Reset");
    assert.match(await words(), /Nothing yet/);
    assert.equal(await status(studio), 400);
  });
});
