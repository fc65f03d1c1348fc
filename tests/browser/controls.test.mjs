// Controls change the values of a story's props on its page, while it is served.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  browser,
  build,
  control,
  LONG,
  open,
  picture,
  serve,
  servedShop,
  serveFiles,
  shop,
  temporary,
  violations,
} from "./support.mjs";

const STORY = "controls/button/first/index.html";

const COMPONENT = `
from string.templatelib import Template


def Button(*, label: str, size: int = 1, ratio: float = 0.5, on: bool = False, icon: object = None) -> Template:
    if label == "raise":
        raise RuntimeError("on purpose")
    return t"<button>{label} {size} {ratio} {str(on)}</button>"
`;

const STORIES = `
from storytime import Story, Subject
from shop.controls.button.button import Button


def this_subject() -> Subject:
    props = {"label": "Buy; now!", "size": 1, "ratio": 0.5, "on": False, "icon": Button}
    return Subject(title="Button", target=Button, items=[Story(title="First", props=props)])
`;

const FILES = {
  "__init__.py": "",
  "controls/__init__.py": "",
  "controls/button/__init__.py": "",
  "controls/button/button.py": COMPONENT,
  "controls/button/stories.py": STORIES,
};

const shows = (page, text) => page.frameLocator("#preview").locator("button", { hasText: text }).waitFor();

for (const isolation of LONG ? ["subinterpreters", "process"] : ["process"]) {
  test(`each keystroke changes the preview and the address, with --isolation ${isolation}`, async (t) => {
    const { url } = await serve(t, await shop(t, FILES), { options: ["--isolation", isolation] });
    const { page, faults } = await open(browser, new URL(STORY, url).href);
    await shows(page, "Buy; now! 1 0.5 False");
    await control(page, "label").fill("Sell: 100%; !now");
    await shows(page, "Sell: 100%; !now 1 0.5 False");
    await control(page, "size").fill("12");
    await shows(page, "Sell: 100%; !now 12 0.5 False");
    await control(page, "on").check();
    await shows(page, "Sell: 100%; !now 12 0.5 True");
    await picture(page, "controls");
    assert.deepEqual(await violations(page), []);
    const other = await open(browser, page.url());
    await shows(other.page, "Sell: 100%; !now 12 0.5 True");
    assert.equal(await control(other.page, "label").inputValue(), "Sell: 100%; !now");
    await other.page.getByRole("button", { name: "Reset" }).click();
    await shows(other.page, "Buy; now! 1 0.5 False");
    assert.equal(new URL(other.page.url()).searchParams.get("args"), null);
    assert.equal(await other.page.getByRole("button", { name: "Reset" }).isVisible(), false);
    assert.deepEqual([...faults, ...other.faults], []);
  });
}

test("the preview is asked for before the history changes, which gets an entry for each argument", async () => {
  const url = await servedShop("controls", FILES);
  const { page } = await open(browser, new URL(STORY, url).href);
  await shows(page, "Buy; now! 1");
  await page.evaluate(() => {
    window.order = [];
    for (const [owner, name] of [
      [window, "fetch"],
      [history, "pushState"],
      [history, "replaceState"],
    ]) {
      const original = owner[name].bind(owner);
      owner[name] = (...rest) => {
        window.order.push(name);
        return original(...rest);
      };
    }
  });
  for (const text of ["Sell", "Give"]) {
    await control(page, "label").fill(text);
    await shows(page, `${text} 1`);
    await page.waitForFunction((value) => location.href.includes(value), text);
  }
  await control(page, "size").fill("2");
  await shows(page, "Give 2");
  await page.waitForFunction(() => /size(:|%3A)2/.test(location.href));
  const order = await page.evaluate(() => window.order);
  assert.deepEqual(order, ["fetch", "pushState", "fetch", "replaceState", "fetch", "pushState"]);
  await page.goBack();
  await shows(page, "Give 1");
});

test("a refused value has an error at its control, and the last good preview stays", async () => {
  const url = await servedShop("controls", FILES);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "size").fill("3");
  await shows(page, "Buy; now! 3");
  await control(page, "size").fill("");
  await page.locator("#props .refused", { hasText: /\S/ }).waitFor();
  assert.equal(await control(page, "size").getAttribute("aria-invalid"), "true");
  await shows(page, "Buy; now! 3");
  await control(page, "size").fill("4");
  await shows(page, "Buy; now! 4");
  assert.equal(await control(page, "size").getAttribute("aria-invalid"), null);
});

test("while a value is refused, the others are rendered with the last one that was not", async () => {
  const url = await servedShop("controls", FILES);
  const { page } = await open(browser, new URL(STORY, url).href, {
    permissions: ["clipboard-read", "clipboard-write"],
  });
  await control(page, "size").fill("3");
  await shows(page, "Buy; now! 3");
  await control(page, "size").fill("");
  await page.locator("#props .refused", { hasText: "enter a whole number" }).waitFor();
  await control(page, "label").fill("Sell");
  await shows(page, "Sell 3");
  assert.equal(await control(page, "size").getAttribute("aria-invalid"), "true");
  await page.getByRole("button", { name: "Copy as Python" }).click();
  await page.getByText("Copied").waitFor();
  assert.match(await page.evaluate(() => navigator.clipboard.readText()), /'label': 'Sell'.*'size': 3/s);
  await page.waitForURL(/Sell/);
  await page.reload();
  await page.locator("#props .refused", { hasText: "enter a whole number" }).waitFor();
  await shows(page, "Sell 1");
});

test("values that are too long for an address are refused, and do not get into it", async () => {
  const url = await servedShop("controls", FILES);
  const { page, faults } = await open(browser, new URL(STORY, url).href);
  await control(page, "size").fill("3");
  await shows(page, "Buy; now! 3");
  await page.waitForURL(/size/);
  const before = page.url();
  await control(page, "label").fill("long ".repeat(4000));
  await page.locator("#props .refused", { hasText: "too long" }).waitFor();
  await shows(page, "Buy; now! 3");
  assert.equal(page.url(), before);
  await control(page, "size").fill("4");
  await shows(page, "Buy; now! 4");
  await control(page, "label").fill("ё".repeat(1000));
  await shows(page, `${"ё".repeat(1000)} 4`);
  await control(page, "label").fill("short");
  await shows(page, "short 4");
  await page.waitForURL(/short/);
  assert.equal(await page.locator("#props .refused", { hasText: "too long" }).count(), 0);
  assert.deepEqual(faults, []);
});

test("an exception is shown in the preview, and the controls keep working", async () => {
  const url = await servedShop("controls", FILES);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "label").fill("raise");
  await page.frameLocator("#preview").getByText("on purpose").first().waitFor();
  await control(page, "label").fill("well");
  await shows(page, "well 1");
});

test("a build that ends while somebody types takes nothing away", async () => {
  const url = await servedShop("controls", FILES);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "label").fill("Sell");
  await shows(page, "Sell 1");
  await page.waitForFunction(() => location.href.includes("Sell"));
  await control(page, "label").evaluate((field) => {
    field.value = "Selling";
    field.dispatchEvent(new Event("input", { bubbles: true }));
    const detail = { change: "pages", pages: [], removed: [] };
    document.dispatchEvent(new CustomEvent("storytime:updated", { detail }));
  });
  await shows(page, "Selling 1");
  await page.waitForFunction(() => location.href.includes("Selling"));
});

test("after a save, changed values are rendered with the new code", async (t) => {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "label").fill("Sell");
  await shows(page, "Sell 1");
  await page.locator("#preview").evaluate(({ contentWindow: view, contentDocument: { body } }) => {
    view.seen = [];
    const note = () => view.seen.push(body.textContent.trim());
    new MutationObserver(note).observe(body, { subtree: true, childList: true, characterData: true });
  });
  const file = join(root, "controls/button/button.py");
  await writeFile(file, (await readFile(file, "utf8")).replace("<button>", "<button>New "));
  await shows(page, "New Sell 1");
  const seen = await page.locator("#preview").evaluate(({ contentWindow }) => contentWindow.seen);
  assert.deepEqual([...new Set(seen)], ["New Sell 1 0.5 False"], "the story's own values do not come in between");
  assert.equal(await control(page, "label").inputValue(), "Sell");
  await page.keyboard.type("ing");
  await shows(page, "New Selling 1");
  await control(page, "label").fill("Sell");
  await shows(page, "New Sell 1");
  const [alone] = await Promise.all([
    page.context().waitForEvent("page"),
    page.getByRole("link", { name: "Open in new tab" }).click(),
  ]);
  await alone.getByText("New Sell 1").waitFor();
  await writeFile(file, (await readFile(file, "utf8")).replace("New ", "Newer "));
  await alone.getByText("Newer Sell 1").waitFor();
});

test("a save that makes a changed value impossible shows the story's own", async (t) => {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "size").fill("7");
  await shows(page, "Buy; now! 7");
  const file = join(root, "controls/button/button.py");
  const text = await readFile(file, "utf8");
  await writeFile(
    file,
    `from typing import Literal\n${text.replace("size: int", "size: Literal[1, 2]").replace("<button>", "<button>New ")}`,
  );
  await page.locator("#props .refused", { hasText: "'7' is not one of 1, 2" }).waitFor();
  await shows(page, "New Buy; now! 1");
  await writeFile(file, text);
  await shows(page, "Buy; now! 7");
});

test("a story that is gone keeps its last version while values are changed, and has them when it is back", async (t) => {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "label").fill("Sell");
  await shows(page, "Sell 1");
  const file = join(root, "controls/button/stories.py");
  const text = await readFile(file, "utf8");
  await writeFile(file, `${text}\ndef (:\n`);
  await page.getByRole("alert").filter({ hasText: "This page has an error" }).waitFor();
  const answer = page.waitForResponse((response) => response.url().includes("Sold"));
  await control(page, "label").fill("Sold");
  assert.equal((await answer).status(), 404);
  await page.waitForURL(/Sold/); // when the answer has been dealt with
  await shows(page, "Sell 1");
  await writeFile(file, text);
  await shows(page, "Sold 1");
});

test("a subject's page has the controls of its first story, and its link keeps the values", async (t) => {
  const pkg = await shop(t, FILES);
  const { url } = await serve(t, pkg);
  const { page, faults } = await open(browser, new URL("controls/button/", url).href);
  const first = page.frameLocator(".told iframe").first().locator("button");
  await control(page, "size").waitFor();
  assert.match(await page.locator("#props tbody").innerText(), /label\s+str\s+required\s+size\s+int\s+default 1/);
  assert.ok(!(await page.locator("#parameters").isVisible()), "the controls replace the table of parameters");
  await control(page, "label").fill("Sell");
  await first.filter({ hasText: "Sell 1 0.5" }).waitFor();
  await control(page, "on").check();
  await first.filter({ hasText: "Sell 1 0.5 True" }).waitFor();
  await picture(page, "controls-subject");
  assert.deepEqual(await violations(page), []);
  const component = join(pkg, "controls/button/button.py");
  await writeFile(component, (await readFile(component, "utf8")).replace("<button>", "<button>New "));
  await first.filter({ hasText: "New Sell 1 0.5 True" }).waitFor();
  const file = join(pkg, "controls/button/stories.py");
  const stories = await readFile(file, "utf8");
  await writeFile(file, stories.replace("Story(title", 'Story(title="Zeroth", props={"label": "Zero"}), Story(title'));
  await first.filter({ hasText: "New Sell 1 0.5 True" }).waitFor();
  await page.getByRole("link", { name: "Open Zeroth" }).waitFor();
  await control(page, "on").uncheck();
  await first.filter({ hasText: "New Sell 1 0.5 False" }).waitFor();
  await writeFile(file, stories);
  await page.getByRole("link", { name: "Open Zeroth" }).waitFor({ state: "detached" });
  await control(page, "on").check();
  await writeFile(file, stories.replace(", props=props)", ", template=lambda: 'plain')"));
  await page.locator("#props").waitFor({ state: "detached" });
  await writeFile(file, stories);
  await control(page, "on").waitFor();
  await first.filter({ hasText: "New Sell 1 0.5 True" }).waitFor();
  await page.getByRole("link", { name: "Open First and change its values" }).click();
  await page.waitForURL(/first\/index\.html\?args=/);
  await shows(page, "New Sell 1 0.5 True");
  assert.deepEqual(faults, []);
  const built = await serveFiles(t, await build(await temporary(t), pkg));
  const other = await open(browser, new URL("controls/button/index.html", `${built}/`).href);
  assert.equal(await other.page.locator("#props").innerText(), "");
  assert.ok(await other.page.locator("#parameters").isVisible());
});

test("values without a control are shown as text, as are all in a static build", async (t) => {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const { page } = await open(browser, new URL(STORY, url).href);
  await control(page, "label").waitFor();
  assert.equal(await control(page, "icon").count(), 0);
  assert.match(await page.locator("#props tr", { hasText: "icon" }).innerText(), /object\s+Button/);
  const built = await serveFiles(t, await build(await temporary(t), root));
  const other = await open(browser, new URL(STORY, `${built}/`).href);
  assert.equal(await other.page.locator("#props .control").count(), 0);
  assert.match(await other.page.locator("#props").innerText(), /'Buy; now!'/);
});
