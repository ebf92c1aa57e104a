// A program that serves until its test is over.

import { spawn } from "node:child_process";

import { emptyFolder, environment } from "./command.js";
import { afterwards } from "./tidy.js";

/** Starts it in a home folder of its own; it is ended after the test. */
export async function startProgram(t, program, args) {
  const home = await emptyFolder(t);
  const child = spawn(program, args, { cwd: home, env: environment(home), stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  afterwards(t, async () => {
    child.kill();
    await ended;
  });
  return child;
}
