// A Chromium that reaches this machine and nothing else.

import { chromium } from "playwright-core";

import { afterwards } from "./tidy.js";

/** A name that resolves to this machine, as an attacker's DNS can make any name do. */
export const REBOUND = "rebound.example";

/** Starts the browser; it is closed after the test. */
export async function startBrowser(t) {
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium",
    headless: true,
    args: [
      "--no-proxy-server",
      `--host-resolver-rules=MAP ${REBOUND} 127.0.0.1, MAP * ~NOTFOUND, EXCLUDE localhost, EXCLUDE 127.0.0.1`,
    ],
  });
  afterwards(t, () => browser.close());
  return browser;
}

/**
 * Does something that sends the page to an address where nobody answers, and says what the address bar then holds,
 * fragment included.
 */
export async function addressAfter(page, action) {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send("Page.enable");
  const failed = new Promise((resolve) => {
    devtools.on("Page.frameNavigated", ({ frame }) => {
      if (!frame.parentId && frame.unreachableUrl) resolve(frame.unreachableUrl);
    });
  });
  await action();
  return failed;
}
