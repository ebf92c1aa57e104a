// A page of somebody else, on a port of its own.

import { createServer } from "node:http";

import { afterwards } from "./tidy.js";

/** Serves an empty page until the end of the test, and answers its address. */
export async function startElsewhere(t) {
  const server = createServer((_request, response) => {
    response.setHeader("Content-Type", "text/html");
    response.end("<!doctype html><title>Elsewhere</title>");
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  afterwards(t, () => new Promise((resolve) => server.close(resolve).closeAllConnections()));
  return `http://127.0.0.1:${server.address().port}/`;
}
