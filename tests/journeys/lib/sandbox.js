// A running sandbox with a world of its own, started as its users start it: by the command.

import { readFile } from "node:fs/promises";

import { SHUTTERKEY } from "./command.js";
import { startProgram } from "./program.js";

/** Starts `shutterkey sandbox` on a free port; it is ended after the test. */
export async function startSandbox(t) {
  const child = await startProgram(t, SHUTTERKEY, ["sandbox", "--port", "0", "--json", "--quiet"]);
  const { url, control_token_file: file } = await firstObject(child.stdout);
  return new Sandbox(url, (await readFile(file, "utf8")).trim());
}

/** The first JSON object that a program prints, in one line or several. */
async function firstObject(stream) {
  let text = "";
  for await (const piece of stream.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    text += piece;
    try {
      return JSON.parse(text);
    } catch {
      // Not whole yet.
    }
  }
  throw new Error(`the sandbox ended before it had started: ${text}`);
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
