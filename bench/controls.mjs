// From a keystroke in a control to the changed preview, in Chromium:
//
//     tools/devroot run -- node bench/controls.mjs [--sizes 300,3000] [--keystrokes 50]
//
// Uses build/storytime, or $STORYTIME. The first keystroke, which starts the process that renders, is a figure of its own.
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { launch, open, seed, serve } from "../tests/browser/support.mjs";
import { median, p95, round, table } from "./reload/figures.mjs";

const FIELD = "#props textarea.control:not(.json)";
const { values } = parseArgs({
  options: { sizes: { type: "string", default: "300,3000" }, keystrokes: { type: "string", default: "50" } },
});

/** Open the first story that has a text field. */
async function openStory(page, url) {
  const { entries } = await (await fetch(new URL("index.json", url))).json();
  for (const { id, type } of Object.values(entries)) {
    if (type !== "story") continue;
    await page.goto(new URL(`iframe.html?id=${id}`, url).href);
    await page.waitForURL(/preview\.html/);
    await page.goto(page.url().replace("preview.html", "index.html"));
    await page.locator("#actions").waitFor({ state: "attached" }); // the live client is at work
    if ((await page.locator(FIELD).count()) > 0) return;
  }
  throw new Error("no story has a text field");
}

/** Type one character; resolves to the milliseconds until the preview's document has changed. */
function type(page, text) {
  return page.evaluate(
    ([selector, value]) =>
      new Promise((done) => {
        const field = document.querySelector(selector);
        const body = document.getElementById("preview").contentDocument.body;
        const observer = new MutationObserver(() => {
          observer.disconnect();
          done(performance.now() - begun);
        });
        observer.observe(body, { subtree: true, childList: true, characterData: true, attributes: true });
        field.value = value;
        const begun = performance.now();
        field.dispatchEvent(new InputEvent("input", { bubbles: true }));
      }),
    [FIELD, text],
  );
}

async function measure(browser, size) {
  const ends = [];
  const t = { after: (end) => ends.push(end) };
  const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
  ends.push(() => rm(directory, { recursive: true, force: true }));
  try {
    const { url } = await serve(t, await seed(directory, size));
    const { page } = await open(browser, url);
    await openStory(page, url);
    const first = await type(page, "first");
    const times = [];
    for (let n = 0; n < Number(values.keystrokes); n++) times.push(await type(page, `text ${n}`));
    return [size, round(first), round(median(times)), round(p95(times))];
  } finally {
    for (const end of ends.reverse()) await end();
  }
}

const browser = await launch();
const rows = [];
for (const size of values.sizes.split(",").map(Number)) rows.push(await measure(browser, size));
await browser.close();
table([["stories", "first", "median", "95th percentile"], ...rows]);
console.log(
  `load ${loadavg()
    .map((one) => one.toFixed(1))
    .join(", ")}`,
);
