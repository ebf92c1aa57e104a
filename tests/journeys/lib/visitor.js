// A person at the browser. Every page that is seen is held to the rules and photographed.

import { mkdir } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { checkAxe, checkContrast, checkFocus, checkPage, checkWidth } from "./rules.js";

const PICTURES = fileURLToPath(new URL("../../../build/journeys/", import.meta.url));
const DESKTOP = { width: 1100, height: 800 };
const PHONE = { width: 360, height: 740 };

export class Visitor {
  #walk;
  #seen = 0;

  /** `walk` names the folder of the pictures. */
  constructor(page, walk) {
    this.page = page;
    this.#walk = walk;
  }

  /** A person with a browser window of their own: no cookies, nobody picked. */
  static async arrive(browser, walk) {
    const context = await browser.newContext({ viewport: DESKTOP, colorScheme: "light" });
    return new Visitor(await context.newPage(), walk);
  }

  /** Types an address. */
  async open(url) {
    const answer = await this.page.goto(url);
    await this.look();
    return answer;
  }

  /** Types an address that answers data, not a page. */
  async openData(url) {
    return this.page.goto(url);
  }

  /** Presses a button or follows a link, by the name that is read out for it, and looks at what comes. */
  async press(name) {
    await this.arriveBy(() => this.control(name).click());
  }

  /** Does what leads to another page, and looks at that. */
  async arriveBy(action) {
    const loaded = this.page.waitForEvent("load");
    await action();
    await loaded;
    await this.look();
  }

  /** The one button or link of this name. */
  control(name) {
    // A person's button goes on with their full name and account.
    const named = name.startsWith("Continue as ") ? { name } : { name, exact: true };
    return this.page.getByRole("button", named).or(this.page.getByRole("link", named));
  }

  /** Fills in a field, found by its label. */
  async fill(label, text) {
    await this.page.getByLabel(label).fill(text);
  }

  /** The words behind a term of a description list. */
  async described(term) {
    const row = this.page.locator("dl > div").filter({ has: this.page.getByText(term, { exact: true }) });
    return (await row.locator("dd code").innerText()).trim();
  }

  heading() {
    return this.page.getByRole("heading", { level: 1 }).innerText();
  }

  async look() {
    this.#seen += 1;
    const { page } = this;
    const place = new URL(page.url()).pathname.replaceAll(/[0-9a-f]{15,}/g, "id").replaceAll(/[^a-z_]+/g, "-");
    const name = `${String(this.#seen).padStart(2, "0")}${place.replace(/-$/, "") || "-front"}`;
    const folder = path.join(PICTURES, this.#walk);
    await mkdir(folder, { recursive: true });
    await checkPage(page);
    await checkFocus(page);
    await page.evaluate(() => {
      document.activeElement?.blur();
      window.scrollTo(0, 0);
    });
    for (const [device, size] of [["phone", PHONE], ["desktop", DESKTOP]]) {
      await page.setViewportSize(size);
      await checkWidth(page, size.width);
      for (const colorScheme of ["dark", "light"]) {
        await page.emulateMedia({ colorScheme });
        await checkContrast(page);
        await checkAxe(page);
        await page.screenshot({ path: path.join(folder, `${name}.${device}-${colorScheme}.png`), fullPage: true });
      }
    }
  }
}
