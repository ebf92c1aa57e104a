// A site that connects accounts: the Express example, as its readers serve it, with a sandbox of its own.

import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";

import { emptyFolder, environment } from "./command.js";
import { afterwards } from "./tidy.js";

const PROGRAM = fileURLToPath(new URL("../../../examples/node/build/express-app.js", import.meta.url));

/** Starts the site on a free port, and answers its address; it is ended after the test. */
export async function startSite(t) {
  const home = await emptyFolder(t);
  const child = spawn(process.execPath, [PROGRAM, "--serve"], {
    cwd: home,
    env: environment(home),
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  afterwards(t, async () => {
    child.kill();
    await ended;
  });
  let said = "";
  for await (const piece of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    said += piece;
    const [, address] = /^the site +(http:\/\/127\.0\.0\.1:\d+\/)$/m.exec(said) ?? [];
    if (address) {
      child.stdout.resume();
      return address;
    }
  }
  throw new Error(`the site ended before it had started: ${said}`);
}
