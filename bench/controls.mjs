// Measures controls in Chromium: the time from a keystroke to the changed preview, the time to open a story, and what pages load:
//
//     tools/devroot run -- node bench/controls.mjs [--sizes 300,3000] [--keystrokes 50] [--isolation process] [--pydantic] [--storybook]
//
// --pydantic installs pydantic from PyPI, and imports it in a helper of every component. --storybook installs Storybook 10 with its
// documentation from npm, and compares twelve components with the same arguments and HTML: ours are served by `storytime serve`,
// Storybook's are a static build, which renders in the browser. Both are installed below the temporary directory. Uses
// build/storytime, or $STORYTIME.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { build, browser, open, seed, serve, serveFiles } from "../tests/browser/support.mjs";
import { importLibraries } from "./reload/catalog.mjs";
import { median, p95, round, table } from "./reload/figures.mjs";
import { PYDANTIC, pythonEnvironment } from "./reload/npm.mjs";
import { endings } from "./reload/saves.mjs";
import { buildStorybook, writeCatalog } from "./twelve.mjs";

// Where a text is typed, and what shows it: an element, or the document of a frame. `within`: the frame that both are in.
const FIELD = "#props textarea.control:not(.json)";
const OURS = { field: FIELD, shown: "#preview" };
const OUR_DOCS = { field: FIELD, shown: ".told:has(#props) iframe" };
const THEIRS = { field: "#control-label", shown: "#storybook-preview-iframe" };
const THEIR_DOCS = { field: "textarea[id^='control-'][id$='-label']", within: THEIRS.shown, shown: ".sb-story" };
const OPENED = 7; // how many times each page is opened
const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "300,3000" },
    keystrokes: { type: "string", default: "50" },
    isolation: { type: "string", default: "auto" },
    pydantic: { type: "boolean", default: false },
    storybook: { type: "boolean", default: false },
  },
});

async function temporary(t) {
  const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/* The frame that the parts are in, or the page. */
const scopeOf = (page, { within }) => (within ? page.frames().find((one) => one !== page.mainFrame()) : page);

/** Type a text; resolves to the milliseconds until what shows it has changed. */
function type(page, parts, text) {
  return scopeOf(page, parts).evaluate(
    ([selector, inner, value]) =>
      new Promise((done) => {
        const input = document.querySelector(selector);
        const shown = document.querySelector(inner);
        const observer = new MutationObserver(() => {
          observer.disconnect();
          done(performance.now() - begun);
        });
        const all = { subtree: true, childList: true, characterData: true, attributes: true };
        observer.observe(shown.contentDocument?.body ?? shown, all);
        const { set } = Object.getOwnPropertyDescriptor(Object.getPrototypeOf(input), "value"); // React replaces the element's own
        const begun = performance.now();
        set.call(input, value);
        input.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }),
    [parts.field, parts.shown, text],
  );
}

async function typeAll(page, parts) {
  const times = [];
  for (let n = 0; n < Number(values.keystrokes); n++) times.push(await type(page, parts, `text ${n}`));
  return times;
}

/** Open a page with an empty cache. Resolves to what was loaded until the network was idle, and the milliseconds until `ready`. */
async function load(browser, url, ready = async () => {}) {
  const { page, context } = await open(browser, "about:blank");
  const sizes = [];
  page.on("requestfinished", (request) => sizes.push(request.sizes()));
  const begun = performance.now();
  await page.goto(url);
  await ready(page);
  const took = performance.now() - begun;
  await page.waitForLoadState("networkidle");
  const [paint] = await page.evaluate(() =>
    performance.getEntriesByName("first-contentful-paint").map((p) => p.startTime),
  );
  const bytes = (await Promise.all(sizes)).map(({ responseBodySize }) => responseBodySize);
  return { page, context, took, paint, requests: bytes.length, bytes: bytes.reduce((sum, size) => sum + size, 0) };
}

/** Resolves when the page can be used: a text that is typed into its first field shows in the preview. */
const changes = (parts) => async (page) => {
  const frame = parts.within ?? parts.shown;
  const root = parts.within ? page.frameLocator(frame) : page;
  await root.locator(parts.field).first().waitFor();
  if (parts.within) await root.locator(`${parts.shown} *:visible`).first().waitFor();
  else await page.frameLocator(frame).locator("body > *:visible").first().waitFor();
  for (let text = "typed"; ; text += "!") {
    const changed = await Promise.race([type(page, parts, text), new Promise((done) => setTimeout(done, 50))]);
    if (changed !== undefined) return;
  }
};

/** The first story that has a text field. */
async function firstStory(browser, url) {
  const { entries } = await (await fetch(new URL("index.json", url))).json();
  const { page, context } = await open(browser, "about:blank");
  for (const { id, type: kind } of Object.values(entries)) {
    if (kind !== "story") continue;
    await page.goto(new URL(`iframe.html?id=${id}`, url).href);
    await page.waitForURL(/preview\.html/);
    const address = page.url().replace("preview.html", "index.html");
    await page.goto(address);
    await page.locator("#actions").waitFor({ state: "attached" }); // the live client is at work
    const found = (await page.locator(OURS.field).count()) > 0;
    if (!found) continue;
    await context.close();
    return address;
  }
  throw new Error("no story has a text field");
}

async function measureSize(browser, size) {
  const t = endings();
  try {
    const pkg = await seed(await temporary(t), size);
    if (values.pydantic) importLibraries(pkg, PYDANTIC);
    const python = values.pydantic ? ["--python", pythonEnvironment(PYDANTIC)] : [];
    const { url } = await serve(t, pkg, { options: ["--isolation", values.isolation, ...python] });
    const story = await firstStory(browser, url);
    const { page, context, took } = await load(browser, story, changes(OURS));
    const times = await typeAll(page, OURS);
    await context.close();
    const again = await load(browser, story, changes(OURS));
    await again.context.close();
    return [size, ...[median(times), p95(times), took, again.took].map(round)];
  } finally {
    await t.run();
  }
}

/** A row for each page: what it loads, and when it is painted and ready. The pages are opened in turns. */
async function weigh(browser, pages) {
  const loads = pages.map(() => []);
  for (let n = 0; n < OPENED; n++) {
    for (const [index, { url, ready }] of pages.entries()) {
      const one = await load(browser, url, ready);
      await one.context.close();
      loads[index].push(one);
    }
  }
  return pages.map(({ what }, index) => {
    const [{ requests, bytes }] = loads[index];
    const times = ["paint", "took"].map((name) => round(median(loads[index].map((one) => one[name]))));
    return [what, requests, bytes, ...times];
  });
}

const PAGES = { site: "index.html", section: "actions/index.html", subject: "actions/button/index.html" };

/** Weigh each kind of page of a static build. */
async function weighPages(browser, size) {
  const t = endings();
  try {
    const directory = await temporary(t);
    const url = await serveFiles(t, await build(directory, await seed(directory, size)));
    const pages = {
      ...PAGES,
      story: "actions/button/primary/index.html",
      preview: "actions/button/primary/preview.html",
    };
    const rows = await weigh(
      browser,
      Object.entries(pages).map(([what, path]) => ({ what, url: url + path })),
    );
    table([[`kinds of pages, ${size} stories`, "requests", "bytes", "ms until painted", "ms until loaded"], ...rows]);
  } finally {
    await t.run();
  }
}

/** The milliseconds from a click on another story in the sidebar until that is shown. */
async function switchStory(page, { frame, link }, [slug, text]) {
  const begun = performance.now();
  await page.locator(link(slug)).click();
  await page.frameLocator(frame).locator(":visible", { hasText: text }).last().waitFor();
  return performance.now() - begun;
}

/** The medians of that for several catalogs, in turns. */
async function compareSwitches(browser, catalogs) {
  const opened = [];
  for (const one of catalogs) {
    const isShown = (page) => page.frameLocator(one.frame).getByText("First").waitFor();
    opened.push({ ...one, ...(await load(browser, one.url, isShown)), times: [] });
  }
  for (let n = 0; n < OPENED * 2; n++) {
    for (const one of opened)
      one.times.push(await switchStory(one.page, one, n % 2 ? ["first", "First"] : ["second", "Second"]));
  }
  for (const { context } of opened) await context.close();
  return opened.map(({ what, times }) => [what, round(median(times)), round(p95(times))]);
}

async function compare(browser) {
  const t = endings();
  try {
    const directory = await temporary(t);
    const { out, version } = buildStorybook();
    const book = await serveFiles(t, out);
    const pkg = writeCatalog(directory);
    const { url } = await serve(t, pkg, { options: ["--isolation", values.isolation] });
    const story = new URL("button/first/index.html", url).href;
    const theirs = `${book}index.html?path=/story/button--first`;
    const name = `Storybook ${version}`;
    const rows = await weigh(browser, [
      { what: "a story, storytime", url: story, ready: changes(OURS) },
      { what: `a story, ${name}`, url: theirs, ready: changes(THEIRS) },
      { what: "a docs page, storytime", url: new URL("button/index.html", url).href, ready: changes(OUR_DOCS) },
      { what: `a docs page, ${name}`, url: `${book}index.html?path=/docs/button--docs`, ready: changes(THEIR_DOCS) },
    ]);
    table([["twelve components", "requests", "bytes", "ms until painted", "ms until a control works"], ...rows]);
    const typed = [["a keystroke, twelve components", "median", "95th percentile"]];
    for (const [what, address, parts] of [
      ["storytime", story, OURS],
      [name, theirs, THEIRS],
    ]) {
      const { page, context } = await load(browser, address, changes(parts));
      const times = await typeAll(page, parts);
      await context.close();
      typed.push([what, round(median(times)), round(p95(times))]);
    }
    table(typed);
    table([
      ["another story, twelve components", "median", "95th percentile"],
      ...(await compareSwitches(browser, [
        { what: "storytime", url: story, frame: OURS.shown, link: (slug) => `#tree a[href*="button/${slug}"]` },
        { what: name, url: theirs, frame: THEIRS.shown, link: (slug) => `[data-item-id="button--${slug}"]` },
      ])),
    ]);
  } finally {
    await t.run();
  }
}

try {
  const sizes = values.sizes.split(",").filter(Boolean).map(Number);
  const rows = [["a keystroke, ms", "median", "95th percentile", "first open", "second open"]];
  for (const size of sizes) rows.push(await measureSize(browser, size));
  if (sizes.length > 0) {
    table(rows);
    await weighPages(browser, sizes[0]);
  }
  if (values.storybook) await compare(browser);
} finally {
  await browser.close();
}
console.log(`load ${loadavg().map(round).join(", ")}`);
