// The menus of globals set attributes of the preview, and are kept in the address and from story to story.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { test } from "node:test";
import {
  browser,
  build,
  builtExample,
  example,
  open,
  serve,
  servedExample,
  serveFiles,
  shop,
  temporary,
  violations,
} from "./support.mjs";

const STORY = "actions/button/primary/index.html";

const direction = (page, value) => page.frameLocator("#preview").locator(`html[dir=${value}]`).waitFor();

test("a menu sets an attribute, and the address and other stories keep it", async (t) => {
  const url = await serveFiles(t, await builtExample("gallery"));
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

test("globals work when opened as files", async () => {
  const { page } = await open(browser, pathToFileURL(join(await builtExample("gallery"), STORY)).href);
  await direction(page, "ltr");
  await page.getByLabel("direction").selectOption("rtl");
  await direction(page, "rtl");
});

const SITE = `
from storytime import Global, Site, Story, Subject

context = {"locale": "en"}


def this_site() -> Site:
    button = Subject(
        title="Button",
        target=lambda *, label: f"<p>{context['locale']} {label}</p>",
        items=[Story(title="First", props={"label": "Buy"})],
    )
    globals = [Global("locale", ["en", "de"]), Global("dir", ["ltr", "rtl"], attribute="dir")]
    return Site(title="Shop", context=context, globals=globals, items={"button": button})
`;

test("a global without an attribute makes the server render the story again", async (t) => {
  const root = await shop(t, { "__init__.py": "", "stories.py": SITE });
  const { url } = await serve(t, root);
  const shows = (page, text) => page.frameLocator("#preview").locator("p", { hasText: text }).waitFor();
  const { page, faults } = await open(browser, new URL("button/first/index.html", url).href);
  await shows(page, "en Buy");
  await page.getByLabel("locale").selectOption("de");
  await shows(page, "de Buy");
  await page.locator("#props").getByLabel("label", { exact: true }).fill("Kaufen");
  await shows(page, "de Kaufen");
  await page.reload();
  await shows(page, "de Kaufen");
  await page.getByLabel("locale").selectOption("en");
  await shows(page, "en Kaufen");
  await page.getByRole("button", { name: "Reset" }).click();
  await shows(page, "en Buy");
  assert.deepEqual(faults, []);
  const built = await serveFiles(t, await build(await temporary(t), root));
  const still = await open(browser, new URL("button/first/index.html?globals=locale:de", `${built}/`).href);
  await shows(still.page, "en Buy");
  await still.page.getByLabel("dir").waitFor();
  assert.equal(await still.page.getByLabel("locale").count(), 0);
});

test("documents and subjects' pages have the menus, and show their stories with the globals", async () => {
  const url = await servedExample("gallery");
  const { page, faults } = await open(browser, new URL("data/price/plain/index.html?globals=direction:rtl", url).href);
  await direction(page, "rtl");
  await page.goto(new URL("data/price/index.html", url).href);
  const [first, second] = [".told .live >> nth=0", ".told .live >> nth=1"].map((live) =>
    page.locator(live).frameLocator("iframe"),
  );
  await first.locator("html[dir=rtl]").waitFor();
  await second.locator("html[dir=rtl]").waitFor();
  await page.keyboard.press("g");
  await page.getByLabel("direction").selectOption("ltr");
  await second.locator("html[dir=ltr]").waitFor();
  await page.getByLabel("locale").selectOption("de");
  await first.getByText("1.299,90 €").waitFor();
  await second.getByText("899,00 $").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("globals"), "locale:de");
  assert.deepEqual(await violations(page), []);
  await page.reload();
  await second.getByText("899,00 $").waitFor();
  assert.deepEqual(faults, []);
});

test("a save keeps the globals of a page's stories", async (t) => {
  const pkg = await example(await temporary(t), "gallery");
  const { url } = await serve(t, pkg);
  const { page } = await open(browser, new URL("data/price/index.html?globals=locale:de", url).href);
  const second = page.locator(".told .live >> nth=1").frameLocator("iframe");
  await second.getByText("899,00 $").waitFor();
  const file = join(pkg, "data/price/stories.py");
  await writeFile(file, (await readFile(file, "utf8")).replace("899.00", "777.00"));
  await second.getByText("777,00 $").waitFor();
});

test("menus for which the toolbar has no room are behind a button, with mouse and keyboard", async () => {
  const url = await servedExample("gallery");
  const address = new URL("data/price/plain/index.html", url).href;
  const { page, faults } = await open(browser, address, { viewport: { width: 1600, height: 900 } });
  const locale = page.getByLabel("locale");
  const button = page.getByRole("button", { name: "Globals" });
  const lines = async () => {
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    return page.evaluate(() => document.querySelector(".toolbar").offsetHeight);
  };
  const one = await lines();
  await locale.waitFor();
  assert.equal(await button.isVisible(), false);
  for (const width of [1440, 1280, 1024]) {
    await page.setViewportSize({ width, height: 800 });
    await page.waitForFunction((wanted) => innerWidth === wanted, width);
    assert.equal(await lines(), one, `${width} pixels`);
  }
  await button.click();
  await locale.selectOption("de");
  await page.frameLocator("#preview").getByText("1.299,90 €").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await locale.isVisible(), false);
  await page.locator("h1").click();
  await page.keyboard.press("g");
  assert.equal(await locale.inputValue(), "de");
  assert.ok(await locale.isVisible());
  await page.keyboard.press("Escape");
  await page.setViewportSize({ width: 1600, height: 900 });
  await locale.waitFor();
  assert.equal(await button.isVisible(), false);
  assert.deepEqual(faults, []);
});

test("going back and forward, the menu and the preview show the same value, and so does the link to the preview", async (t) => {
  const root = await shop(t, { "__init__.py": "", "stories.py": SITE });
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, new URL("button/first/index.html?globals=locale:de", url).href);
  const preview = page.frameLocator("#preview");
  const shows = async (text, locale, dir) => {
    await preview.locator(`html[dir=${dir}]`, { hasText: text }).waitFor();
    assert.equal(await page.getByLabel("locale").inputValue(), locale);
    assert.equal(await page.getByLabel("dir").inputValue(), dir);
  };
  await shows("de Buy", "de", "ltr");
  await page.locator("#props").getByLabel("label", { exact: true }).fill("Kaufen");
  await shows("de Kaufen", "de", "ltr");
  await page.waitForURL(/args=/);
  await page.getByLabel("locale").selectOption("en");
  await page.getByLabel("dir").selectOption("rtl");
  await shows("en Kaufen", "en", "rtl");
  const alone = page.locator('.toolbar [data-icon="alone"]');
  assert.deepEqual(await alone.evaluate(({ href }) => [...new URL(href).searchParams].sort()), [
    ["args", "label:Kaufen"],
    ["globals", "dir:rtl"],
  ]);
  await page.goBack();
  await shows("de Buy", "de", "ltr");
  await page.goForward();
  await shows("en Kaufen", "en", "rtl");
  assert.deepEqual(faults, []);
});

test("a save adds a menu", async (t) => {
  const root = await shop(t, { "__init__.py": "", "stories.py": SITE });
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, new URL("button/first/index.html", url).href);
  await page.locator('#live-sign[data-state="connected"]').waitFor();
  await writeFile(
    join(root, "stories.py"),
    SITE.replace("globals = [", 'globals = [Global("tone", ["s", "m"], attribute="class"), '),
  );
  await page.getByLabel("tone").selectOption("m");
  await page.frameLocator("#preview").locator("html[class=m]").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("globals"), "tone:m");
  assert.deepEqual(faults, []);
});
