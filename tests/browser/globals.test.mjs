// The menus of a site's globals: attributes of the preview, kept in the address and from story to story.
import assert from "node:assert/strict";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { after, before, test } from "node:test";
import { build, example, launch, open, serveFiles, temporary } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const STORY = "actions/button/primary/index.html";

async function gallery(t) {
  const directory = await temporary(t);
  return build(directory, await example(directory, "gallery"));
}

const direction = (page, value) => page.frameLocator("#preview").locator(`html[dir=${value}]`).waitFor();

test("a menu sets the attribute, and the address and other stories keep it", async (t) => {
  const url = await serveFiles(t, await gallery(t));
  const { page, faults } = await open(browser, new URL(STORY, `${url}/`).href);
  await direction(page, "ltr");
  await page.getByLabel("direction").selectOption("rtl");
  await direction(page, "rtl");
  const address = page.url();
  assert.equal(new URL(address).searchParams.get("globals"), "direction:rtl");
  await page.goto(new URL("actions/button/quiet/index.html", `${url}/`).href);
  await direction(page, "rtl");
  assert.equal(new URL(page.url()).searchParams.get("globals"), "direction:rtl");
  await page.getByLabel("direction").selectOption("ltr");
  await direction(page, "ltr");
  assert.equal(new URL(page.url()).searchParams.get("globals"), null);
  const other = await open(browser, address);
  await direction(other.page, "rtl");
  await other.page.goto(new URL("actions/button/primary/preview.html?globals=direction:no", `${url}/`).href);
  assert.equal(await other.page.locator("html").getAttribute("dir"), "ltr");
  assert.deepEqual([...faults, ...other.faults], []);
});

test("it works from the disk", async (t) => {
  const { page } = await open(browser, pathToFileURL(join(await gallery(t), STORY)).href);
  await direction(page, "ltr");
  await page.getByLabel("direction").selectOption("rtl");
  await direction(page, "rtl");
});
