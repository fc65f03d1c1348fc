// iframe.html, at which Storybook's tools look for stories.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, example, open, serve, serveFiles, temporary, builtExample } from "./support.mjs";

const CHANNEL = "storybook-channel";

/** A built example: its URL, and the stories in its index.json. */
async function catalog(t) {
  const out = await builtExample("complete");
  const { entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
  return { out, url: await serveFiles(t, out), entries: Object.values(entries).filter(({ type }) => type === "story") };
}

/** A page of the catalog that shows iframe.html in a frame, and hears the messages that it sends. */
async function around(url, query) {
  const { page } = await open(browser, `${url}about.html`);
  await page.evaluate((query) => {
    window.heard = [];
    addEventListener("message", ({ data }) => typeof data === "string" && window.heard.push(JSON.parse(data)));
    const frame = Object.assign(document.createElement("iframe"), { id: "shown", src: `iframe.html?${query}` });
    document.body.replaceChildren(frame);
  }, query);
  return page;
}

const previewOf = ({ id, importPath }) =>
  `${importPath.slice(2).replace(/stories\.py$/, "")}${id.split("--")[1]}/preview.html`;

describe("iframe.html", () => {
  test("leads to the preview of every story", async (t) => {
    const { url, entries } = await catalog(t);
    const { page, faults } = await open(browser, "about:blank");
    for (const entry of entries) {
      await page.goto(`${url}iframe.html?id=${entry.id}&viewMode=story`);
      await page.waitForURL(url + previewOf(entry));
    }
    // Leaving iframe.html may abort its own loading.
    const left = /^net::ERR_ABORTED .*iframe\.html/;
    assert.deepEqual(
      faults.filter((fault) => !left.test(fault)),
      [],
    );
  });

  test("works when opened as a file", async (t) => {
    const { out, entries } = await catalog(t);
    const { page } = await open(browser, `${pathToFileURL(join(out, "iframe.html"))}?id=${entries[0].id}`);
    await page.waitForURL(pathToFileURL(join(out, previewOf(entries[0]))).href);
  });

  test("passes args and globals on, and shows the subject's page for documents", async (t) => {
    const { url, entries } = await catalog(t);
    const { page } = await open(browser, `${url}iframe.html?id=${entries[0].id}&args=a:1&globals=theme:dark&other=1`);
    await page.waitForURL(`${url}${previewOf(entries[0])}?args=a%3A1&globals=theme%3Adark`);
    await page.goto(`${url}iframe.html?id=${entries[0].id}&viewMode=docs`);
    const docs = url + previewOf(entries[0]).replace(/[^/]+\/preview\.html$/, "index.html");
    await page.waitForURL(docs);
    await page.goto(`${url}iframe.html?id=${entries[0].id.replace(/--.*/, "--docs")}&viewMode=docs`);
    await page.waitForURL(docs);
  });

  test("says that a story does not exist, and leads nowhere else", async (t) => {
    const { url } = await catalog(t);
    const { page } = await open(browser, "about:blank");
    for (const id of ["", "none--such", "__proto__", "constructor", "//example.org/", "javascript:alert(1)"]) {
      const address = `${url}iframe.html?id=${encodeURIComponent(id)}`;
      await page.goto(address);
      await page.getByRole("heading", { name: "No such story" }).waitFor();
      assert.equal(page.url(), address);
    }
  });

  test("in a frame: announces stories on Storybook's channel, and obeys it", async (t) => {
    const { url, entries } = await catalog(t);
    const [first, second] = entries;
    const page = await around(url, `id=${first.id}&refId=ours`);
    const hear = (type, id) =>
      page.waitForFunction(
        ([type, id]) => window.heard.find(({ event }) => event.type === type && event.args[0] === id),
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

  test("in a frame: reports a story's values, and with a server, changes them", async (t) => {
    const directory = await temporary(t);
    const { url } = await serve(t, await example(directory, "complete"));
    const id = "feedback-rating--best";
    const page = await around(url, `id=${id}`);
    const hear = async (type) => {
      const found = await page.waitForFunction((type) => window.heard.find(({ event }) => event.type === type), type);
      return (await found.jsonValue()).event.args[0];
    };
    const { argTypes, args, initialArgs } = await hear("storyPrepared");
    assert.deepEqual(argTypes.stars, { name: "stars", type: { name: "number" }, control: { type: "number" } });
    assert.deepEqual(args, { stars: 5, best: 5 });
    assert.deepEqual(initialArgs, args);
    const say = (type, choice) =>
      page.evaluate(
        (message) => document.getElementById("shown").contentWindow.postMessage(message, "*"),
        JSON.stringify({ key: CHANNEL, event: { type, args: [choice] } }),
      );
    await page.frameLocator("#shown").frameLocator("iframe").getByLabel("5 of 5 stars").waitFor();
    await say("updateStoryArgs", { storyId: "another--story", updatedArgs: { stars: 1 } });
    await say("updateStoryArgs", { storyId: id, updatedArgs: { stars: 2 } });
    await page.frameLocator("#shown").frameLocator("iframe").getByLabel("2 of 5 stars").waitFor();
    assert.deepEqual(await hear("storyArgsUpdated"), { storyId: id, args: { stars: 2, best: 5 } });
    await say("resetStoryArgs", { storyId: id, argNames: "_undefined_" });
    await page.frameLocator("#shown").frameLocator("iframe").getByLabel("5 of 5 stars").waitFor();
  });

  test("in a frame: a static build reports values that can't be changed", async (t) => {
    const { url } = await catalog(t);
    const page = await around(url, "id=feedback-rating--best");
    const found = await page.waitForFunction(() => window.heard.find(({ event }) => event.type === "storyPrepared"));
    assert.equal((await found.jsonValue()).event.args[0].argTypes.stars.control, false);
  });
});
