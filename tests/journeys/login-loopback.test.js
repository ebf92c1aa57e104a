// `shutterkey login` where the answer comes back to a listener on this machine, in both flows, while other requests reach
// the listener first.

import assert from "node:assert/strict";
import { test } from "node:test";

import { startBrowser } from "./lib/browser.js";
import { freePort, startProject } from "./lib/command.js";
import { startElsewhere } from "./lib/elsewhere.js";
import { startSandbox } from "./lib/sandbox.js";
import { Visitor } from "./lib/visitor.js";

for (const responseType of ["code", "token"]) {
  test(`a login by loopback, response_type=${responseType}`, async (t) => {
    const sandbox = await startSandbox(t);
    const browser = await startBrowser(t);
    const redirectUri = `http://localhost:${await freePort()}/callback`;
    const app = await sandbox.control("app", { product: "legacy", redirect_uris: [redirectUri], allow_implicit: true });
    const project = await startProject(t, {
      provider: "legacy",
      client_id: app.client_id,
      redirect_uri: redirectUri,
      response_type: responseType,
      sandbox_url: sandbox.url,
    });
    const login = project.start(["login", "--no-browser"], { SHUTTERKEY_CLIENT_SECRET: app.client_secret });
    const [, authorize] = await login.saying(/(http:\/\/\S+\/legacy\/oauth\/authorize\S*)\s/);
    const person = await Visitor.arrive(browser, `login-${responseType}`);
    const { page } = person;

    await t.test("a favicon request gets a page and changes nothing", async () => {
      const answer = await person.open(new URL("/favicon.ico", redirectUri).href);
      assert.equal(answer.status(), 404);
    });

    await t.test("a browser that loads the redirect URI ahead gets nothing, and spends nothing", async () => {
      await page.goto(await startElsewhere(t));
      const ahead = `${redirectUri}?code=loaded-ahead&state=loaded-ahead`;
      const [request] = await Promise.all([
        page.waitForEvent("requestfailed", (request) => request.url() === ahead),
        page.evaluate(prefetch, ahead),
      ]);
      assert.match((await request.allHeaders())["sec-purpose"], /prefetch/);
      // The listener has answered, and the browser may not keep the answer for another page.
      assert.match(request.failure().errorText, /^net::ERR_BLOCKED_BY_RESPONSE/);
    });

    await t.test("an answer with another state is refused, and the login goes on", async () => {
      const [mark, answer] = responseType === "code" ? ["?", "code=planted"] : ["#", "access_token=7.0000000.planted"];
      await page.goto(`${redirectUri}${mark}${answer}&state=planted`);
      await page.getByText("This answer belongs to another login").waitFor();
      await person.look();
      assert.match(await page.locator("main").innerText(), /still waiting/);
    });

    await t.test("the person approves, and sees that the answer has arrived", async () => {
      await person.open(authorize);
      await person.press("Continue as bakery.sandbox");
      await person.control("Authorize").click();
      await page.getByRole("heading", { name: "Approved" }).waitFor();
      await person.look();
      const left = new URL(page.url());
      assert.equal(left.search, "", "neither code nor state stay in the address bar");
      assert.doesNotMatch(left.hash, /token|state/);
    });

    await t.test("the command ends well, and the account is kept", async () => {
      const { code, said } = await login.ended;
      assert.equal(code, 0, said);
      const { accounts } = await project.ask("accounts");
      assert.deepEqual(accounts.map(({ account }) => [account.provider, account.username]), [["legacy", "bakery.sandbox"]]);
      const { token } = await project.ask("token");
      assert.ok(!said.includes(token.value), "login has shown the token masked only");
      const answer = await fetch(`${sandbox.url}/legacy/v1/users/self/?access_token=${token.value}`);
      assert.equal((await answer.json()).data.username, "bakery.sandbox");
    });
  });
}

/** In the page: loads an address ahead. */
function prefetch(href) {
  document.head.append(Object.assign(document.createElement("link"), { rel: "prefetch", href }));
}
