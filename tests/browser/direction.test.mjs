// Pages from right to left, as when a browser translates them: icons, edges and arrow keys are mirrored.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { browser, builtSeed, LONG, open, picture, serveFiles, violations } from "./support.mjs";

/** A page of the gallery, right to left. */
async function mirrored(t, file, options = {}) {
  const url = await serveFiles(t, await builtSeed("small"));
  const opened = await open(browser, url + file, { viewport: { width: 1440, height: 900 }, ...options });
  await opened.page.evaluate(() => (document.documentElement.dir = "rtl"));
  await opened.page.locator("#tree a").first().waitFor({ state: "attached" });
  return opened;
}

const STORY = "content/card/with-a-picture/index.html";
const focused = (page) => page.evaluate(() => document.activeElement.ariaLabel ?? document.activeElement.textContent);
const widthOf = (page, selector) => page.locator(selector).evaluate((node) => node.offsetWidth);

/** Drag an edge by some pixels to the right. */
async function drag(page, selector, by) {
  const { x, y, width, height } = await page.locator(selector).boundingBox();
  const [from, row] = [x + width / 2, y + height / 2];
  await page.mouse.move(from, row);
  await page.mouse.down();
  await page.mouse.move(from + by, row, { steps: 2 });
  await page.mouse.up();
}

const styleOf = (page, selector) =>
  page
    .locator(selector)
    .first()
    .evaluate((node) => ({ ...getComputedStyle(node, "::before") }));

describe("keys, from right to left", () => {
  test("open and close branches", async (t) => {
    const { page } = await mirrored(t, "index.html");
    await page.keyboard.press("/");
    for (const [key, wanted] of [
      ["ArrowDown", "Actions"],
      ["ArrowDown", "Button"],
      ["ArrowLeft", "Button"],
      ["ArrowDown", "Primary"],
      ["ArrowRight", "Button"],
      ["ArrowRight", "Button"],
      ["ArrowDown", "Button group"],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await focused(page), wanted, key);
    }
  });

  test("move through tabs and tools", async (t) => {
    const { page } = await mirrored(t, STORY);
    await page.getByRole("tab", { name: "Props" }).focus();
    await page.keyboard.press("ArrowLeft");
    assert.match(await focused(page), /^Assertions/);
    await page.keyboard.press("ArrowRight");
    assert.match(await focused(page), /^Props/);
    await page.getByLabel("Background").focus();
    await page.keyboard.press("ArrowLeft");
    assert.equal(await focused(page), "Outline");
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), "Background");
    await page.locator("#show-keys").click();
    assert.match(await page.locator("#keys").innerText(), /← →\s+Open and close a branch/);
  });
});

describe("edges, from right to left", () => {
  test("the sidebar's edge follows the pointer and the keys", async (t) => {
    const { page } = await mirrored(t, STORY);
    const before = await widthOf(page, "#sidebar");
    await drag(page, "#resizer", -60);
    assert.equal(await widthOf(page, "#sidebar"), before + 60);
    await page.keyboard.press("ArrowRight");
    assert.equal(await widthOf(page, "#sidebar"), before + 44);
  });

  test("the panels' edge is between them and the preview, and follows the pointer and the keys", async (t) => {
    const { page } = await mirrored(t, STORY);
    await page.getByRole("button", { name: "Panels at the side" }).click();
    const [panels, preview] = [
      await page.locator(".panels").boundingBox(),
      await page.locator(".preview").boundingBox(),
    ];
    assert.equal(panels.x + panels.width, preview.x);
    await drag(page, "#panels-edge", 60);
    assert.equal(await widthOf(page, ".panels"), panels.width + 60);
    await page.keyboard.press("ArrowLeft");
    assert.equal(await widthOf(page, ".panels"), panels.width + 44);
  });
});

test("icons that point are mirrored, from right to left", async (t) => {
  const { page } = await mirrored(t, STORY);
  const closed = '.twist[aria-expanded="false"]';
  for (const selector of [
    closed,
    ".crumbs li + li",
    ...["sidebar", "beside", "alone"].map((name) => `[data-icon=${name}]`),
  ])
    assert.equal((await styleOf(page, selector)).scale, "-1 1", selector);
  const { float } = await styleOf(page, ".crumbs li + li");
  assert.equal(float, "none", "the slash is before its name");
  await page.evaluate(() => (document.documentElement.dir = "ltr"));
  assert.equal((await styleOf(page, closed)).scale, "none");
});

test("previews keep their position, and code its direction, from right to left", async (t) => {
  const { page } = await mirrored(t, STORY);
  await page.getByRole("button", { name: "Zoom in" }).click();
  const [stage, frame] = [await page.locator(".stage").boundingBox(), await page.locator("#preview").boundingBox()];
  assert.deepEqual([frame.x, Math.round(frame.width)], [stage.x, stage.width]);
  await page.getByRole("tab", { name: "Python" }).click();
  const code = page.locator(".panel.shown pre").first();
  assert.equal(await code.evaluate((node) => getComputedStyle(node).direction), "ltr");
});

for (const [width, colorScheme] of LONG
  ? [
      [1440, "light"],
      [768, "dark"],
      [390, "light"],
    ]
  : [[390, "light"]]) {
  test(`pages fit and are accessible from right to left, at ${width} pixels`, async (t) => {
    for (const [name, file] of Object.entries({
      site: "index.html",
      subject: "content/card/index.html",
      story: STORY,
    })) {
      const { page, faults } = await mirrored(t, file, { viewport: { width, height: 900 }, colorScheme });
      const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      assert.ok(over <= 0, `${file} is ${over} pixels too wide`);
      assert.deepEqual(await violations(page), []);
      assert.deepEqual(faults, []);
      await picture(page, `right-to-left-${name}-${width}`);
    }
  });
}
