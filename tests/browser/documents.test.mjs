// Documents and the pages of subjects.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";

import { browser, builtExample, example, open, serve, servedExample, serveFiles, temporary } from "./support.mjs";

const connected = (page) => page.locator("#live-sign[data-state=connected]").waitFor();

/** The gallery, which has documents, built and served. */
async function gallery(t) {
  return serveFiles(t, await builtExample("gallery"));
}

describe("a document", () => {
  test("is in the tree and in the search, shows a story, and links to its headings", async (t) => {
    const { page, faults } = await open(browser, await gallery(t));
    await page.fill("#search", "house");
    await page.locator("#tree .results a", { hasText: "House rules" }).click();
    await page.getByRole("heading", { name: "House rules", level: 1 }).waitFor();
    await page.frameLocator(".live iframe").getByRole("button", { name: "Save changes" }).waitFor();
    await page.getByRole("navigation", { name: "On this page" }).getByRole("link", { name: "States" }).click();
    assert.match(page.url(), /house-rules\.html.*#states$/);
    await page.fill("#search", "");
    const entry = page.locator("#tree a", { hasText: "House rules" });
    assert.equal(await entry.getAttribute("aria-current"), "page");
    const starts = await page.locator("#tree a.document").evaluateAll((links) =>
      links.map((link) => {
        const text = document.createRange();
        text.selectNodeContents(link);
        return text.getBoundingClientRect().left;
      }),
    );
    assert.deepEqual(starts, [starts[0], starts[0]], "entries are below each other");
    await page.locator("#main").getByRole("link", { name: "card" }).click();
    await page.waitForURL(/content\/card\/index\.html$/);
    assert.deepEqual(faults, []);
  });

  test("may have headings whose ids are those of the page's own elements", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "gallery");
    const names = [
      "Preview",
      "Keyboard shortcuts",
      "Actions",
      "HTML",
      "Globals",
      "Accessibility",
      "Search",
      "Tree",
      "Main",
      "Parameters",
    ];
    const text = names.map((name) => `## ${name}\n\n${name} here.\n`).join("\n");
    await writeFile(join(pkg, "guides/parts.md"), `# Parts\n\n${text}`);
    await writeFile(join(pkg, "content/card/docs.md"), text);
    const { url } = await serve(t, pkg);
    for (const path of ["guides/parts.html", "content/card/index.html"]) {
      const { page, faults } = await open(browser, url + path);
      await connected(page);
      await page.keyboard.press("?");
      await page.locator("dialog#keys").waitFor();
      await page.keyboard.press("Escape");
      for (const name of names)
        await page
          .getByRole("heading", { name: new RegExp(`^${name}`), level: 2 })
          .first()
          .waitFor();
      const twice = await page.evaluate(() => {
        const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
        return ids.filter((id, at) => ids.indexOf(id) !== at);
      });
      assert.deepEqual(twice, []);
      assert.ok(await page.evaluate(() => window.storytime !== undefined));
      assert.deepEqual(faults, []);
    }
  });

  test("has a table of contents beside the text, or folded above it, also after a save", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "gallery");
    const server = await serve(t, pkg);
    const { page } = await open(browser, `${server.url}guides/house-rules.html`);
    const contents = page.getByRole("navigation", { name: "On this page" });
    const link = contents.getByRole("link", { name: "States" });
    await link.waitFor();
    await page.setViewportSize({ width: 700, height: 800 });
    await link.waitFor({ state: "hidden" });
    await contents.getByText("On this page").click();
    await link.waitFor();
    await connected(page);
    const file = join(pkg, "guides/1-house-rules.md");
    await writeFile(file, `${await readFile(file, "utf8")}\n## More\n`);
    await contents.getByRole("link", { name: "More" }).waitFor();
    assert.ok(await link.isVisible());
  });

  test("can be read without JavaScript", async (t) => {
    const url = await gallery(t);
    const context = await browser.newContext({ javaScriptEnabled: false });
    t.after(() => context.close());
    const page = await context.newPage();
    await page.goto(`${url}actions/button/index.html`);
    await page.getByRole("cell", { name: "What the button does, as a verb." }).waitFor();
    await page.getByRole("heading", { name: "When to use it" }).waitFor();
    assert.ok(await page.getByText('Story(title="Small"').isVisible());
  });

  test("is updated in place by a save", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "gallery");
    const server = await serve(t, pkg);
    const { page } = await open(browser, `${server.url}guides/colours.html`);
    await connected(page);
    await page.evaluate(() => (document.mark = "same document"));
    await writeFile(join(pkg, "guides/2-colours.md"), "# Colours\n\nThey have changed.\n");
    await page.getByText("They have changed.").waitFor();
    assert.equal(await page.evaluate(() => document.mark), "same document");
  });
});

describe("a subject's page", () => {
  test("is found by the search, before its stories", async (t) => {
    const { page } = await open(browser, await gallery(t));
    await page.fill("#search", "search box");
    const found = page.locator("#tree .results a");
    await found.nth(1).waitFor();
    assert.match(await found.nth(0).getAttribute("href"), /forms\/search_box\/index\.html$/);
    assert.match(await found.nth(1).getAttribute("href"), /forms\/search_box\/empty\/index\.html$/);
  });

  test("links to its controls when it is served", async (t) => {
    const { page } = await open(browser, `${await servedExample("gallery")}actions/button/`);
    await page.getByRole("link", { name: "Open Primary and change its values" }).click();
    await page.waitForURL(/actions\/button\/primary\/index\.html$/);
    const { page: built } = await open(browser, `${await gallery(t)}actions/button/index.html`);
    await built.getByRole("link", { name: "Open Primary", exact: true }).waitFor();
  });
});
