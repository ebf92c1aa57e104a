// A site that connects accounts: the Express example, as its readers serve it, with a sandbox of its own.

import { fileURLToPath } from "node:url";

import { startProgram } from "./program.js";

const PROGRAM = fileURLToPath(new URL("../../../examples/node/build/express-app.js", import.meta.url));

/** Starts the site on a free port, and answers its address; it is ended after the test. */
export async function startSite(t) {
  const child = await startProgram(t, process.execPath, [PROGRAM, "--serve"]);
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
