// A running sandbox with a world of its own, started as its users start it: by the command.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export const SHUTTERKEY = process.env.SHUTTERKEY ?? "shutterkey";

/** Starts `shutterkey sandbox` on a free port; it is ended after the test. */
export async function startSandbox(t) {
  const child = spawn(SHUTTERKEY, ["sandbox", "--port", "0", "--json"], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((resolve) => child.once("exit", resolve));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const started = JSON.parse(await firstLine(child.stdout));
  return new Sandbox(started.url, started.control_token);
}

async function firstLine(stream) {
  for await (const line of createInterface({ input: stream })) return line;
  throw new Error("the sandbox ended before it had started");
}

class Sandbox {
  #controlToken;

  constructor(url, controlToken) {
    /** `http://127.0.0.1:PORT` */
    this.url = url;
    this.#controlToken = controlToken;
  }

  get controlToken() {
    return this.#controlToken;
  }

  /** A word of the control API; with a body it is a POST. */
  async control(word, body) {
    const answer = await fetch(`${this.url}/control/${word}`, {
      method: body === undefined ? "GET" : "POST",
      headers: { "X-Shutterkey-Control": this.#controlToken },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    if (!answer.ok) throw new Error(`/control/${word}: ${answer.status} ${await answer.text()}`);
    return answer.json();
  }

  /** An authorize URL as an app builds it. */
  authorizeUrl(path, parameters) {
    return `${this.url}${path}?${new URLSearchParams(parameters)}`;
  }
}
