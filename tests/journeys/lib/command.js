// The `shutterkey` command in a home folder of its own.

import { spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { afterwards } from "./tidy.js";

/** The command; by itself, what `cargo build` has made. */
export const SHUTTERKEY = process.env.SHUTTERKEY ?? fileURLToPath(new URL("../../../target/debug/shutterkey", import.meta.url));

/** An empty folder; it is removed after the test. */
export async function emptyFolder(t) {
  const folder = await mkdtemp(path.join(tmpdir(), "shutterkey-journey-"));
  afterwards(t, () => rm(folder, { recursive: true }));
  return folder;
}

/** The environment for a command whose home is this folder, without what the person who runs the tests has set. */
export function environment(home, more = {}) {
  const own = Object.entries(process.env).filter(([name]) => !/^(SHUTTERKEY|XDG)_/.test(name));
  return { ...Object.fromEntries(own), HOME: home, ...more };
}

/** A folder with this shutterkey.toml, which is also the home folder. */
export async function startProject(t, profile) {
  const folder = await emptyFolder(t);
  const toml = Object.entries(profile).map(([name, value]) => `${name} = ${JSON.stringify(value)}\n`);
  await writeFile(path.join(folder, "shutterkey.toml"), toml.join(""));
  return new Project(t, folder);
}

/** Runs the command that follows behind a terminal of its own, and ends as it ends. */
const TERMINAL = ["python3", "-c", "import os, pty, sys; sys.exit(os.waitstatus_to_exitcode(pty.spawn(sys.argv[1:])))"];

class Project {
  #t;
  folder;

  constructor(t, folder) {
    this.#t = t;
    this.folder = folder;
  }

  /**
   * Starts the command; it is ended after the test if it has not ended by itself. `more` is added to its environment;
   * with `terminal` it has one, as for a person.
   */
  start(args, more = {}, { terminal = false } = {}) {
    const words = [...(terminal ? TERMINAL : []), SHUTTERKEY, ...args];
    const child = spawn(words[0], words.slice(1), { cwd: this.folder, env: environment(this.folder, more) });
    const run = new Run(child);
    afterwards(this.#t, async () => {
      child.kill();
      await run.ended;
    });
    return run;
  }

  /** Runs the command to its end; its answer is one JSON object. */
  async ask(...args) {
    const run = this.start([...args, "--json"]);
    run.end();
    const { code, said } = await run.ended;
    if (code !== 0) throw new Error(`shutterkey ${args.join(" ")} ended with ${code}: ${said}`);
    return JSON.parse(run.output);
  }
}

class Run {
  #child;
  #listeners = new Set();
  #heard = 0;
  /** What it printed as its result. */
  output = "";
  /** All that it printed. */
  said = "";
  /** `{ code, said }` when it has ended. */
  ended;

  constructor(child) {
    this.#child = child;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8");
      stream.on("data", (text) => {
        this.said += text;
        if (stream === child.stdout) this.output += text;
        for (const listener of this.#listeners) listener();
      });
    }
    this.ended = new Promise((resolve) => {
      child.once("close", (code) => {
        resolve({ code, said: this.said });
        for (const listener of this.#listeners) listener(code);
      });
    });
  }

  /** Waits until it has said, since the last line that it was given, what matches; fails when it ends without. */
  saying(pattern) {
    return new Promise((resolve, reject) => {
      const listener = (code) => {
        const match = pattern.exec(this.said.slice(this.#heard));
        if (match) resolve(match);
        else if (code !== undefined) reject(new Error(`it ended with ${code} and never said ${pattern}:\n${this.said}`));
        else return;
        this.#listeners.delete(listener);
      };
      this.#listeners.add(listener);
      listener();
    });
  }

  /** Gives it a line, as pasting and Enter do. */
  type(line) {
    this.#heard = this.said.length;
    this.#child.stdin.write(`${line}\n`);
  }

  /** Nothing more will be typed. */
  end() {
    this.#child.stdin.end();
  }
}

/** A port of this machine that nobody has at the moment. */
export async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}
