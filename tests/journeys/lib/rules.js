// What holds for every page, checked in the live document.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const AXE = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** No violation of what axe-core knows of WCAG 2.2 (A and AA) and of good practice. */
export async function checkAxe(page) {
  // Evaluated by the debugger, since the pages' own policy lets no script in.
  await page.evaluate(AXE);
  const found = await page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document);
    return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ html }) => html).join(" ").slice(0, 300)}`);
  });
  assert.deepEqual(found, [], page.url());
}

/** Language, title, headings, names, labels, ids. */
export async function checkPage(page) {
  const wrong = await page.evaluate(() => {
    const wrong = [];
    const must = (holds, what) => holds || wrong.push(what);
    const all = (selector) => [...document.querySelectorAll(selector)];
    const shown = (element) => element.outerHTML.slice(0, 120);
    const words = (ids) => (ids ?? "").split(/\s+/).filter(Boolean);
    const text = (ids) => words(ids).map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
    const named = (element) =>
      (element.getAttribute("aria-label") ?? "").trim() || text(element.getAttribute("aria-labelledby")).trim();

    must(document.documentElement.lang === "en", "the page does not say its language");
    must(document.title.trim(), "the page has no title");
    must(all("h1").length === 1, `the page has ${all("h1").length} h1`);
    must(all("main").length === 1, `the page has ${all("main").length} main parts`);
    must(document.querySelector("meta[name=viewport]"), "the page does not fit itself to a phone");
    must(!all("input[type=password]").length, "the page asks for a password");

    let last = 0;
    for (const heading of all("h1, h2, h3, h4, h5, h6")) {
      const level = Number(heading.tagName[1]);
      must(level <= last + 1, `a heading skips a level: ${shown(heading)}`);
      last = level;
    }
    for (const field of all("input:not([type=hidden]), textarea, select")) {
      const label = [...(field.labels ?? [])].map((label) => label.textContent).join("").trim();
      must(label || named(field), `a field has no label: ${shown(field)}`);
    }
    for (const control of all("a[href], button")) {
      must(named(control) || control.textContent.trim(), `a control has no name: ${shown(control)}`);
    }
    for (const image of all("img")) must(image.hasAttribute("alt"), `an image has no alt: ${shown(image)}`);
    for (const drawing of all("svg:not([aria-hidden=true])")) must(named(drawing), `a drawing has no name: ${shown(drawing)}`);
    for (const element of all("[tabindex]")) must(element.tabIndex <= 0, `a tab order by hand: ${shown(element)}`);
    for (const attribute of ["aria-describedby", "aria-labelledby", "for"]) {
      for (const element of all(`[${attribute}]`)) {
        const lost = words(element.getAttribute(attribute)).filter((id) => !document.getElementById(id));
        must(!lost.length, `${attribute} leads nowhere: ${shown(element)}`);
      }
    }
    const ids = all("[id]").map((element) => element.id);
    must(new Set(ids).size === ids.length, "an id is there twice");
    return wrong;
  });
  assert.deepEqual(wrong, [], page.url());
}

/** Nothing to scroll sideways at this width. */
export async function checkWidth(page, width) {
  const needed = await page.evaluate(() => document.documentElement.scrollWidth);
  assert.ok(needed <= width, `${page.url()} is ${needed} pixels wide in a window of ${width}`);
}

/** Text stands out from what is behind it: 4.5 to 1, large text 3 to 1 (WCAG 2.2, 1.4.3). */
export async function checkContrast(page) {
  const wrong = await page.evaluate(() => {
    const channels = (colour) => {
      const [red, green, blue, alpha = 1] = colour.match(/[\d.]+/g).map(Number);
      return { red, green, blue, alpha };
    };
    const over = (front, back) => {
      const mix = (name) => front[name] * front.alpha + back[name] * (1 - front.alpha);
      return { red: mix("red"), green: mix("green"), blue: mix("blue"), alpha: 1 };
    };
    // What a page stands on that paints nothing: white, or dark where its colour scheme is.
    const probe = document.body.appendChild(document.createElement("i"));
    probe.style.background = "Canvas";
    const canvas = channels(getComputedStyle(probe).backgroundColor);
    probe.remove();
    const behind = (element) => {
      if (!element) return canvas;
      const own = channels(getComputedStyle(element).backgroundColor);
      return own.alpha === 1 ? own : over(own, behind(element.parentElement));
    };
    const light = ({ red, green, blue }) => {
      const [r, g, b] = [red, green, blue].map((value) => {
        const part = value / 255;
        return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
      });
      return 0.2126 * r + 0.7152 * g + 0.0722 * b;
    };
    const wrong = [];
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (texts.nextNode()) {
      const element = texts.currentNode.parentElement;
      if (!texts.currentNode.data.trim() || element.closest(":disabled, script, style, noscript")) continue;
      const style = getComputedStyle(element);
      const back = behind(element);
      const [bright, dark] = [light(back), light(over(channels(style.color), back))].sort((a, b) => b - a);
      const size = Number.parseFloat(style.fontSize);
      const large = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700);
      const ratio = (bright + 0.05) / (dark + 0.05);
      if (ratio < (large ? 3 : 4.5)) wrong.push(`${ratio.toFixed(2)} to 1: ${texts.currentNode.data.trim().slice(0, 60)}`);
    }
    return wrong;
  });
  assert.deepEqual(wrong, [], page.url());
}

/** Tab reaches every control, each shows that it has the focus, and none of them is covered. */
export async function checkFocus(page) {
  const expected = await page.evaluate(() => {
    const radios = new Set();
    return [...document.querySelectorAll("a[href], button, input, textarea, select, [tabindex='0']")].filter((element) => {
      if (element.disabled || element.type === "hidden") return false;
      if (element.type !== "radio") return true;
      // A group of radio buttons is one stop.
      if (radios.has(element.name)) return false;
      return radios.add(element.name);
    }).length;
  });
  const wrong = [];
  let reached = 0;
  for (; reached <= expected; reached += 1) {
    await page.keyboard.press("Tab");
    const stop = await page.evaluate(() => {
      const element = document.activeElement;
      if (!element || element === document.body) return null;
      // Some browsers begin again at the top instead of leaving the page.
      if (globalThis.firstStop === element) return null;
      globalThis.firstStop ??= element;
      const style = getComputedStyle(element);
      const [box] = element.getClientRects();
      const [x, y] = [box.left + box.width / 2, box.top + Math.min(box.height, 40) / 2];
      const onTop = document.elementFromPoint(x, y);
      return {
        html: element.outerHTML.slice(0, 120),
        visible: style.outlineStyle !== "none" && Number.parseFloat(style.outlineWidth) >= 2,
        uncovered: element.contains(onTop) || [...(element.labels ?? [])].some((label) => label.contains(onTop)),
      };
    });
    if (!stop) break;
    if (!stop.visible) wrong.push(`no visible focus: ${stop.html}`);
    if (!stop.uncovered) wrong.push(`covered while it has the focus: ${stop.html}`);
  }
  assert.deepEqual(wrong, [], page.url());
  assert.equal(reached, expected, `${page.url()}: Tab reached ${reached} of ${expected} controls`);
}
