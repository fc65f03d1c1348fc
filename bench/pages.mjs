// Measures the size of a catalog's pages, and its speed in a browser: `tools/devroot run -- node bench/pages.mjs [STORIES ...]`.
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, browser, open, seed, serve, serveFiles } from "../tests/browser/support.mjs";
import { median, round } from "./reload/figures.mjs";
import { endings } from "./reload/saves.mjs";

const SIZES = process.argv.slice(2).map(Number);
const SAVES = 30;
const t = endings();

async function temporary() {
  const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const worst = (values) => Math.max(...values);
const sum = (values) => values.reduce((a, b) => a + b, 0);

async function weigh(stories) {
  const directory = await temporary();
  const out = await build(directory, await seed(directory, stories));
  const pages = [];
  for (const file of await readdir(out, { recursive: true })) {
    if (!file.endsWith("index.html")) continue;
    const bytes = await readFile(join(out, file));
    if (bytes.includes('id="preview"')) pages.push(bytes);
  }
  const names = ["storytime.css", "storytime.js", "theme.js", "navigation.js"];
  const assets = await Promise.all(names.map((name) => readFile(join(out, "_storytime", name))));
  const zipped = (list) => list.map((bytes) => gzipSync(bytes).length);
  const raw = pages.map(({ length }) => length);
  console.log(
    `${stories} stories: a story's page ${median(raw)} bytes (${median(zipped(pages))} gzipped), the largest ${worst(raw)};`,
  );
  console.log(
    `  assets ${sum(assets.slice(0, 3).map(({ length }) => length))} (${sum(zipped(assets.slice(0, 3)))} gzipped),` +
      ` navigation ${assets[3].length} (${gzipSync(assets[3]).length} gzipped)`,
  );
}

/** The times from the save of a component to the changed DOM, and from the message to that. */
async function timeSaves(browser) {
  const directory = await temporary();
  const pkg = await seed(directory, "small");
  const { url } = await serve(t, pkg);
  const { page } = await open(browser, "about:blank");
  await page.addInitScript(() => {
    if (window !== top) return;
    window.changes = [];
    const Real = window.WebSocket;
    window.WebSocket = class extends Real {
      constructor(address) {
        super(address);
        this.addEventListener(
          "message",
          ({ data }) => data.includes('"reload"') && (window.arrived = performance.now()),
        );
      }
    };
  });
  await page.goto(`${url}actions/button/primary/`);
  await page.waitForSelector("#live-sign[data-state=connected]");
  await page.evaluate(() => {
    const { contentDocument, contentWindow } = document.getElementById("preview");
    const { update } = contentWindow.storytimeDocument;
    contentWindow.storytimeDocument.update = (text) => {
      const done = update(text);
      window.morphed = performance.now() - window.arrived;
      return done;
    };
    new MutationObserver(() => {
      const text = contentDocument.querySelector("button").textContent;
      window.changes.push([
        text,
        performance.timeOrigin + performance.now(),
        window.morphed,
        performance.now() - window.arrived,
      ]);
    }).observe(contentDocument.body, { childList: true, subtree: true, characterData: true });
  });
  const file = join(pkg, "actions/button/button.py");
  const source = await readFile(file, "utf8");
  const [saves, messages, wholes] = [[], [], []];
  for (let n = 0; n < SAVES + 3; n++) {
    await new Promise((resolve) => setTimeout(resolve, 300)); // nobody saves faster; standby interpreters warm up meanwhile
    const begun = performance.timeOrigin + performance.now();
    await writeFile(file, source.replace("{label}", `{label} ${n}`));
    await page.waitForFunction((end) => window.changes.some(([text]) => text.endsWith(end)), ` ${n}`);
    const [, at, after, whole] = await page.evaluate(
      (end) => window.changes.find(([text]) => text.endsWith(end)),
      ` ${n}`,
    );
    if (n < 3) continue; // the first saves fill caches
    saves.push(at - begun);
    messages.push(after);
    wholes.push(whole);
  }
  console.log(
    `save to changed DOM: median ${round(median(saves))} ms of ${SAVES}, the worst ${round(worst(saves))} ms`,
  );
  console.log(
    `message to changed preview: median ${round(median(messages))} ms, the worst ${round(worst(messages))} ms`,
  );
  console.log(`  with the page around it: median ${round(median(wholes))} ms, the worst ${round(worst(wholes))} ms`);
}

/** The time that each key in the search takes, with the layout of the results. */
async function timeTyping(browser, stories) {
  const directory = await temporary();
  const url = await serveFiles(t, await build(directory, await seed(directory, stories)));
  const { page } = await open(browser, url);
  await page.focus("#search");
  await page.evaluate(() => {
    window.times = [];
    const input = document.getElementById("search");
    input.addEventListener("input", () => (window.begun = performance.now()), { capture: true });
    input.addEventListener("input", () => {
      const handled = performance.now() - window.begun;
      document.getElementById("tree").getBoundingClientRect(); // layout, too
      window.times.push([handled, performance.now() - window.begun]);
    });
  });
  for (const word of ["button primary", "card picture", "table stable", "zzz"]) {
    await page.locator("#search").pressSequentially(word, { delay: 30 });
    await page.fill("#search", "");
  }
  const times = (await page.evaluate(() => window.times)).map(([, whole]) => whole);
  console.log(
    `typing at ${stories} stories: median ${round(median(times))} ms a key, the worst ${round(worst(times))} ms (the first: ${round(times[0])} ms)`,
  );
}

/** What a story's page loads, and when it can be used. */
async function timeLoading(browser) {
  const directory = await temporary();
  const url = await serveFiles(t, await build(directory, await seed(directory, 300)));
  const figures = [];
  for (let n = 0; n < 9; n++) {
    const { page, context } = await open(browser, "about:blank");
    await page.goto(`${url}actions/button/primary/`, { waitUntil: "load" });
    figures.push(
      await page.evaluate(() => {
        const [page] = performance.getEntriesByType("navigation");
        const files = performance.getEntriesByType("resource");
        return {
          interactive: page.domContentLoadedEventEnd,
          loaded: page.loadEventEnd,
          painted: performance.getEntriesByName("first-contentful-paint")[0]?.startTime ?? 0,
          bytes: [page, ...files].reduce((sum, { encodedBodySize }) => sum + encodedBodySize, 0),
          requests: files.length + 1,
        };
      }),
    );
    await context.close();
  }
  const middle = (name) => median(figures.map((figure) => figure[name]));
  const of = (name) => round(middle(name));
  console.log(
    `a story's page of 300, cold: ${middle("requests")} requests, ${middle("bytes")} bytes, not compressed,` +
      ` interactive after ${of("interactive")} ms, painted ${of("painted")} ms, loaded ${of("loaded")} ms`,
  );
}

try {
  for (const size of SIZES.length ? SIZES : [30, 300, 3000]) await weigh(size);
  await timeSaves(browser);
  await timeTyping(browser, 10000);
  await timeLoading(browser);
} finally {
  await browser.close();
  await t.run();
}
