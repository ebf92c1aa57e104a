// The first command of all, `shutterkey login --sandbox`, as a person runs it at a terminal: it opens the browser.

import assert from "node:assert/strict";
import { chmod, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";

import { startBrowser } from "./lib/browser.js";
import { startProject } from "./lib/command.js";
import { Visitor } from "./lib/visitor.js";

test("login --sandbox opens the browser, and ends with an account", async (t) => {
  const project = await startProject(t, {});
  const opener = await notingOpener(project.folder);
  const login = project.start(["login", "--sandbox"], { BROWSER: opener.program }, { terminal: true });
  const [, shown] = await login.saying(/(http:\/\/127\.0\.0\.1:\d+\/instagram\/oauth\/authorize\S*)\s/);
  const person = await Visitor.arrive(await startBrowser(t), "login-sandbox");
  await person.open(shown);
  await person.press("Continue as maker.sandbox");
  await person.control("Allow").click();
  await person.page.getByRole("heading", { name: "Approved" }).waitFor();
  await person.look();
  const { code, said } = await login.ended;
  assert.equal(code, 0, said);
  assert.equal(await opener.opened(), shown);
  assert.equal((await project.ask("whoami")).account.username, "maker.sandbox");
});

/** A program in the browser's place, which notes the address that it is to open. */
async function notingOpener(folder) {
  const [program, note] = ["opener", "opened"].map((name) => path.join(folder, name));
  await writeFile(program, `#!/bin/sh\nprintf %s "$1" > '${note}'\n`);
  await chmod(program, 0o755);
  return { program, opened: () => readFile(note, "utf8") };
}
