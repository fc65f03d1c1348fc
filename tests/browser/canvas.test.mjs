// The layout of a story's page: a large preview, and panels below or beside it, whose places and sizes are remembered.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { browser, example, open, serve, serveFiles, temporary, builtSeed } from "./support.mjs";

const STORY = "content/card/with-a-picture/index.html";

/** A story of the gallery, built and served. */
async function story(t, options = {}) {
  const url = await serveFiles(t, await builtSeed("small"));
  const opened = await open(browser, url + STORY, { viewport: { width: 1440, height: 900 }, ...options });
  await opened.page.getByRole("tablist").waitFor();
  return { url, ...opened };
}

/** The bounding boxes of elements, by their selectors. */
function boxes(page, ...selectors) {
  return page.evaluate(
    (all) => all.map((selector) => document.querySelector(selector).getBoundingClientRect().toJSON()),
    selectors,
  );
}

describe("the canvas", () => {
  test("shows preview, title, tools and panels at once, and the preview is the largest", async (t) => {
    const { page, faults } = await story(t);
    const [main, title, tools, frame, panels] = await boxes(page, "#main", "h1", ".toolbar", "#preview", ".panels");
    assert.ok(title.top >= main.top && title.bottom <= tools.top, "the title is above the tools");
    assert.equal(Math.round(frame.top), Math.round(tools.bottom));
    assert.equal(Math.round(frame.width), Math.round(main.width));
    assert.ok(frame.height > panels.height && frame.height > 400, `${frame.height} of ${main.height} pixels`);
    assert.ok(panels.bottom <= 900);
    assert.equal(await page.evaluate(() => document.documentElement.scrollHeight), 900);
    assert.deepEqual(faults, []);
  });

  test("gives the preview a height of its own on a phone, and the page scrolls", async (t) => {
    const { page } = await story(t, { viewport: { width: 390, height: 844 } });
    const [frame, panels] = await boxes(page, "#preview", ".panels");
    assert.ok(frame.height > 300 && frame.bottom < 844, `${frame.height} pixels, down to ${frame.bottom}`);
    assert.ok(panels.top > frame.bottom);
    await page.getByRole("tab", { name: "HTML" }).click();
    assert.ok(await page.locator("#html pre").isVisible());
    assert.ok((await page.evaluate(() => document.documentElement.scrollHeight)) > 844);
  });

  test("shows everything one below the other without JavaScript", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, url + STORY, { javaScriptEnabled: false });
    for (const name of ["Props", "Assertions", "HTML", "Python"])
      assert.ok(await page.getByRole("heading", { name, exact: true }).isVisible(), name);
    await page.locator(".verdict").click();
    assert.equal(new URL(page.url()).hash, "#assertions");
  });
});

describe("panels", () => {
  test("are resized by mouse and keyboard, within bounds, and keep their size", async (t) => {
    const { page, url } = await story(t);
    const edge = page.getByRole("separator", { name: "Size of the panels" });
    const height = () =>
      page.locator(".panels").evaluate((panels) => Math.round(panels.getBoundingClientRect().height));
    const before = await height();
    assert.equal(Number(await edge.getAttribute("aria-valuenow")), before);
    const { x, y, width } = await edge.boundingBox();
    await page.mouse.move(x + width / 2, y + 3);
    await page.mouse.down();
    await page.mouse.move(x + width / 2, y - 97, { steps: 4 });
    await page.mouse.up();
    assert.ok(Math.abs((await height()) - before - 100) <= 4, `${before} became ${await height()}`);
    const dragged = await height();
    await edge.press("ArrowDown");
    assert.equal(await height(), dragged - 16);
    for (let presses = 0; presses < 60; presses++) await edge.press("ArrowUp");
    const largest = await height();
    assert.equal(Number(await edge.getAttribute("aria-valuemax")), largest);
    assert.ok((await boxes(page, ".stage"))[0].height > 50, "the preview keeps some room");
    await page.goto(`${url}content/card/text-only/index.html`);
    assert.equal(await height(), largest);
  });

  test("can be on the right, below or hidden, and stay so", async (t) => {
    const { page, url } = await story(t);
    await page.getByRole("button", { name: "Panels at the side" }).click();
    let [stage, panels] = await boxes(page, ".stage", ".panels");
    assert.ok(panels.left >= stage.right - 1 && panels.bottom === 900);
    const edge = page.getByRole("separator", { name: "Size of the panels" });
    assert.equal(await edge.getAttribute("aria-orientation"), "vertical");
    await edge.press("ArrowLeft");
    assert.equal(Math.round((await boxes(page, ".panels"))[0].width), Math.round(panels.width) + 16);
    await page.goto(`${url}content/card/text-only/index.html`);
    [stage, panels] = await boxes(page, ".stage", ".panels");
    assert.ok(panels.left >= stage.right - 1);
    await page.getByRole("button", { name: "Panels below" }).click();
    await page.getByRole("button", { name: "Hide panels" }).click();
    assert.equal(await page.getByRole("tabpanel").count(), 0);
    const hidden = (await boxes(page, ".stage"))[0];
    assert.ok(hidden.height > 650, `${hidden.height} pixels for the preview`);
    await page.reload();
    assert.equal((await boxes(page, ".stage"))[0].height, hidden.height);
    await page.getByRole("tab", { name: "Python" }).click();
    assert.match(await page.getByRole("tabpanel").innerText(), /stories\.py/);
  });

  test("stay chosen on the pages of other stories", async (t) => {
    const { page, url } = await story(t);
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.goto(`${url}content/card/text-only/index.html`);
    await page.getByRole("tab", { name: "HTML", selected: true }).waitFor();
    assert.ok(await page.locator("#html pre").isVisible());
  });

  test("keep choice, size, place and scroll position when a save changes the page", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "gallery");
    const { url } = await serve(t, pkg);
    const { page, faults } = await open(browser, url + STORY, { viewport: { width: 1440, height: 900 } });
    await page.locator('#live-sign[data-state="connected"]').waitFor();
    await page.getByRole("tab", { name: "Python" }).click();
    await page.getByRole("separator", { name: "Size of the panels" }).press("ArrowDown");
    await page.locator("#python").evaluate((panel) => panel.scrollTo(0, 60));
    const tab = page.getByRole("tab", { name: "Python", selected: true });
    await tab.focus();
    const state = () =>
      page.evaluate(() => ({
        height: document.querySelector(".panels").offsetHeight,
        scroll: document.getElementById("python").scrollTop,
        focus: document.activeElement.id,
        mark: document.querySelector("[role=tablist]").mark,
      }));
    await page.evaluate(() => (document.querySelector("[role=tablist]").mark = "same tabs"));
    const before = await state();
    assert.equal(before.scroll, 60);
    const file = join(pkg, "content/card/stories.py");
    await writeFile(file, (await readFile(file, "utf8")).replace("Weekend walk", "Sunday walk"));
    await page.frameLocator("#preview").getByText("Sunday walk").waitFor();
    await page.locator("#python", { hasText: "Sunday walk" }).waitFor();
    assert.deepEqual(await state(), before);
    assert.deepEqual(faults, []);
  });
});

describe("settings of the system", () => {
  test("with forced colours, icons and chosen items are visible", async (t) => {
    const { page } = await story(t, { forcedColors: "active" });
    const colours = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "Canvas";
      const of = (selector, part, property) => getComputedStyle(document.querySelector(selector), part)[property];
      return {
        page: getComputedStyle(probe).color,
        icons: ['[data-icon="outline"]', "#tree a.section", "#tree a.subject", "#tree a.story", ".twist"].map(
          (selector) => of(selector, "::before", "backgroundColor"),
        ),
        chosen: of('[role="tab"][aria-selected="true"]', null, "borderBottomColor"),
        others: of('[role="tab"][aria-selected="false"]', null, "borderBottomColor"),
      };
    });
    for (const icon of colours.icons) assert.notEqual(icon, colours.page);
    assert.notEqual(colours.chosen, colours.page);
    assert.equal(colours.others, colours.page);
  });

  test("with forced colours, states and measures are visible", async (t) => {
    const { page } = await story(t, { forcedColors: "active" });
    const of = (selector, property, part = null) =>
      page.evaluate(
        ([one, name, at]) => getComputedStyle(document.querySelector(one), at)[name],
        [selector, property, part],
      );
    const canvas = await page.evaluate(() => {
      const probe = document.body.appendChild(document.createElement("i"));
      probe.style.color = "Canvas";
      return getComputedStyle(probe).color;
    });
    for (const selector of ['[data-toggle="measure"]', '.icon-menu:has([data-menu="sight"])'])
      assert.equal(await of(selector, "outlineStyle"), "none");
    await page.getByLabel("Vision").selectOption("Blurred");
    await page.locator('[data-toggle="measure"]').click();
    for (const selector of ['[data-toggle="measure"]', '.icon-menu:has([data-menu="sight"])'])
      assert.equal(await of(selector, "outlineStyle"), "solid", selector);
    await page.frameLocator("#preview").locator("h2, h3, p").first().hover();
    await page.waitForSelector(".overlay .content", { state: "attached" });
    assert.match(await of(".overlay .content", "backgroundColor"), /rgba\(80, 140, 230/);
    assert.notEqual(await of("#tree a[data-within]", "backgroundColor", "::after"), canvas);
    await page.locator("#show-keys").click();
    assert.equal(await of("dialog article", "borderTopStyle"), "solid");
    assert.equal(await of("dialog [role=switch]", "appearance"), "auto");
  });

  test("from right to left, nothing overlaps", async (t) => {
    const { page } = await story(t);
    await page.evaluate(() => (document.documentElement.dir = "rtl"));
    const [key, search, home, main] = await boxes(page, ".key", "#search", ".crumbs li", "#main");
    assert.ok(key.right < (search.left + search.right) / 2, "the hint is where the text ends");
    assert.ok(main.right - home.right >= 8, `${main.right - home.right} pixels`);
    const select = page.locator('[data-menu="viewport"]');
    const [left, right] = await select.evaluate((node) => {
      const { paddingLeft, paddingRight } = getComputedStyle(node);
      return [parseFloat(paddingLeft), parseFloat(paddingRight)];
    });
    assert.ok(left > right, "there is room for the arrow");
    const [sidebar, entry] = await boxes(page, "#sidebar", "#tree a[aria-current]");
    assert.ok(sidebar.left >= main.right - 1);
    assert.ok(entry.right <= sidebar.right);
  });

  test("at 200 % zoom, the page scrolls, and the preview comes first", async (t) => {
    const { page } = await story(t, { viewport: { width: 960, height: 540 } });
    const [frame, panels] = await boxes(page, "#preview", ".panels");
    assert.ok(frame.height >= 256, `${frame.height} pixels`);
    assert.ok(panels.top > frame.bottom);
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth), 960);
  });
});
