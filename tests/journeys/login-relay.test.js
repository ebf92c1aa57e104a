// `shutterkey login` where a page that a person hosts is the registered address: it hands the answer on to the command when
// its button is pressed, in both flows, and sends nothing anywhere.

import assert from "node:assert/strict";
import { createServer } from "node:http";
import { test } from "node:test";

import { startBrowser } from "./lib/browser.js";
import { freePort, startProject } from "./lib/command.js";
import { startElsewhere } from "./lib/elsewhere.js";
import { startSandbox } from "./lib/sandbox.js";
import { afterwards } from "./lib/tidy.js";
import { Visitor } from "./lib/visitor.js";

for (const responseType of ["code", "token"]) {
  test(`a login by a relay page, response_type=${responseType}`, async (t) => {
    const sandbox = await startSandbox(t);
    const browser = await startBrowser(t);
    const port = await freePort();
    const project = await startProject(t, { listen: String(port) });
    const relay = await hostRelay(t, project, port);
    const app = await sandbox.control("app", { product: "legacy", redirect_uris: [relay.url], allow_implicit: true });
    const flags = ["--provider", "legacy", "--client-id", app.client_id, "--redirect-uri", relay.url];
    const login = project.start(["login", "--no-browser", "--response-type", responseType, ...flags], {
      SHUTTERKEY_CLIENT_SECRET: app.client_secret,
      SHUTTERKEY_SANDBOX_URL: sandbox.url,
    });
    const [, authorize] = await login.saying(/(http:\/\/\S+\/legacy\/oauth\/authorize\S*)\s/);
    const person = await Visitor.arrive(browser, `login-relay-${responseType}`);
    const { page } = person;

    await t.test("without an answer the page says so", async () => {
      await person.open(relay.url);
      assert.equal(await person.heading(), "No answer here");
      assert.equal(await person.control("Hand it to this machine").count(), 0);
    });

    await t.test("inside another page it shows no button", async () => {
      await page.goto(await startElsewhere(t));
      await page.setContent(`<iframe src="${relay.url}?code=planted&state=planted"></iframe>`);
      const frame = page.frameLocator("iframe");
      await frame.getByRole("heading").waitFor();
      assert.equal(await frame.getByRole("button").count(), 0);
    });

    await t.test("the answer is shown, and stands in the address bar no more", async () => {
      await person.open(authorize);
      await person.press("Continue as bakery.sandbox");
      await person.control("Authorize").click();
      await person.control("Hand it to this machine").waitFor();
      assert.equal(page.url(), relay.url);
      await person.look();
      const shown = await page.getByLabel("The answer, to be copied").inputValue();
      assert.match(shown, responseType === "code" ? /\?code=.*state=/ : /#access_token=/);
    });

    await t.test("the button hands it to the command, which ends well", async () => {
      await person.control("Hand it to this machine").click();
      await page.getByRole("heading", { name: "Approved" }).waitFor();
      assert.equal(new URL(page.url()).origin, `http://127.0.0.1:${port}`);
      const { code, said } = await login.ended;
      assert.equal(code, 0, said);
      const { accounts } = await project.ask("accounts");
      assert.equal(accounts[0].account.username, "bakery.sandbox");
    });

    await t.test("its host has seen the page being loaded and nothing else", () => {
      const others = relay.seen.filter((url) => !url.startsWith("/relay/") && url !== "/favicon.ico");
      assert.deepEqual(others, []);
      assert.ok(!relay.seen.some((url) => url.includes("access_token")), "a fragment never leaves the browser");
    });
  });
}

/** Serves the page that the command prints, as a static host does, and notes what is asked of it. */
async function hostRelay(t, project, port) {
  const printing = project.start(["relay", "--port", String(port)]);
  const { code, said } = await printing.ended;
  assert.equal(code, 0, said);
  const seen = [];
  const server = createServer((request, response) => {
    seen.push(`${request.url}`);
    const found = new URL(request.url, "http://host").pathname === "/relay/";
    response.writeHead(found ? 200 : 404, { "Content-Type": "text/html; charset=utf-8" });
    response.end(found ? printing.output : "");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterwards(t, () => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return { url: `http://127.0.0.1:${server.address().port}/relay/`, seen };
}
