// iframe.html, the address at which Storybook's tools look for stories.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { build, example, launch, open, serveFiles, temporary } from "./support.mjs";

const CHANNEL = "storybook-channel";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** A built example, its URL, and its stories as index.json has them. */
async function catalog(t) {
  const directory = await temporary(t);
  const out = await build(directory, await example(directory, "complete"));
  const { entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
  return { out, url: await serveFiles(t, out), entries: Object.values(entries).filter(({ type }) => type === "story") };
}

const previewOf = ({ id, importPath }) =>
  `${importPath.slice(2).replace(/stories\.py$/, "")}${id.split("--")[1]}/preview.html`;

describe("iframe.html", () => {
  test("gives way to the preview of every story", async (t) => {
    const { url, entries } = await catalog(t);
    const { page, faults } = await open(browser, "about:blank");
    for (const entry of entries) {
      await page.goto(`${url}iframe.html?id=${entry.id}&viewMode=story`);
      await page.waitForURL(url + previewOf(entry));
    }
    assert.deepEqual(faults, []);
  });

  test("works from the disk", async (t) => {
    const { out, entries } = await catalog(t);
    const { page } = await open(browser, `${pathToFileURL(join(out, "iframe.html"))}?id=${entries[0].id}`);
    await page.waitForURL(pathToFileURL(join(out, previewOf(entries[0]))).href);
  });

  test("hands on args and globals, and shows the subject as documents", async (t) => {
    const { url, entries } = await catalog(t);
    const { page } = await open(browser, `${url}iframe.html?id=${entries[0].id}&args=a:1&globals=theme:dark&other=1`);
    await page.waitForURL(`${url}${previewOf(entries[0])}?args=a%3A1&globals=theme%3Adark`);
    await page.goto(`${url}iframe.html?id=${entries[0].id}&viewMode=docs`);
    const docs = url + previewOf(entries[0]).replace(/[^/]+\/preview\.html$/, "index.html");
    await page.waitForURL(docs);
    await page.goto(`${url}iframe.html?id=${entries[0].id.replace(/--.*/, "--docs")}&viewMode=docs`);
    await page.waitForURL(docs);
  });

  test("says so where there is no such story, and goes nowhere else", async (t) => {
    const { url } = await catalog(t);
    const { page } = await open(browser, "about:blank");
    for (const id of ["", "none--such", "__proto__", "constructor", "//example.org/", "javascript:alert(1)"]) {
      const address = `${url}iframe.html?id=${encodeURIComponent(id)}`;
      await page.goto(address);
      await page.getByRole("heading", { name: "No such story" }).waitFor();
      assert.equal(page.url(), address);
    }
  });

  test("in a frame: announces stories on Storybook's channel, and shows others as that says", async (t) => {
    const { out, url, entries } = await catalog(t);
    const [first, second] = entries;
    await writeFile(
      join(out, "around.html"),
      `<!doctype html><link rel="icon" href="data:,"><script>
         window.heard = [];
         addEventListener("message", ({ data }) => heard.push(JSON.parse(data)));
       </script><iframe src="iframe.html?id=${first.id}&refId=ours"></iframe>`,
    );
    const { page } = await open(browser, `${url}around.html`);
    const hear = (type, id) =>
      page.waitForFunction(
        ([type, id]) => heard.find(({ event }) => event.type === type && event.args[0] === id),
        [type, id],
      );
    const say = (message) => page.evaluate((message) => frames[0].postMessage(message, "*"), message);
    const choose = (storyId) =>
      say(JSON.stringify({ key: CHANNEL, event: { type: "setCurrentStory", args: [{ storyId, viewMode: "story" }] } }));
    const rendered = await (await hear("storyRendered", first.id)).jsonValue();
    assert.equal(rendered.key, CHANNEL);
    assert.equal(rendered.refId, "ours");
    for (const nonsense of ["", "{", "null", "[]", { key: CHANNEL }, `{"key":"${CHANNEL}","event":{"args":[null]}}`])
      await say(nonsense);
    await choose(second.id);
    await hear("storyRendered", second.id);
    assert.ok(page.frames().some((frame) => frame.url() === url + previewOf(second)));
    await choose("none--such");
    await hear("storyMissing", "none--such");
  });
});
