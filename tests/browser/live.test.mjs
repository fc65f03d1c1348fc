// A served catalog: what happens to the page one looks at when a file is saved.
import assert from "node:assert/strict";
import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { launch, open, serve, temporary } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

const FILES = {
  "__init__.py": "",
  "stories.py": `from storytime import Site


def site() -> Site:
    return Site(title="Shop")
`,
  "form/__init__.py": "",
  "form/form.py": `from tdom import html


def Form(*, label: str):
    rows = [t"<p>row {n}</p>" for n in range(200)]
    return html(t"<form><label>{label} <input name=a></label><label><input type=checkbox name=b> b</label><textarea name=c></textarea>{rows}</form>")
`,
};

const stories = (label, title = "First", more = "") => `from shop.form.form import Form
from storytime import Story, Subject


def subject() -> Subject:
    return Subject(title="Form", target=Form, items=[
        Story(title="${title}", id="first", props={"label": "${label}"}),
        ${more}
    ])
`;

const SECOND = 'Story(title="Second", props={"label": "two"}),';

async function shop(t) {
  const directory = join(await temporary(t), "shop");
  await mkdir(join(directory, "form"), { recursive: true });
  for (const [name, text] of Object.entries({ ...FILES, "form/stories.py": stories("one") })) {
    await writeFile(join(directory, name), text);
  }
  return directory;
}

/** The story's page, connected. */
async function look(t, path = "form/first/") {
  const pkg = await shop(t);
  const server = await serve(t, pkg);
  const opened = await open(browser, server.url + path);
  await connected(opened.page);
  return { pkg, server, save: (name, text) => writeFile(join(pkg, name), text), ...opened };
}

const sign = (page, state) => page.waitForSelector(`#live-sign[data-state="${state}"]`);
const connected = (page) => sign(page, "connected");
const preview = (page) => page.frameLocator("#preview");
const shows = (page, text) => preview(page).getByText(text).first().waitFor();

describe("a save", () => {
  test("changes the preview in place: scroll, focus, selection, typed input and open branches stay", async (t) => {
    const { page, save, faults } = await look(t);
    await page.locator("#preview").evaluate((frame) => (frame.style.height = "300px"));
    const inner = preview(page);
    await inner.locator("[name=c]").fill("typed by me");
    await inner.locator("[name=b]").check();
    await inner.locator("[name=a]").fill("some text");
    await inner.locator("[name=a]").evaluate((field) => {
      field.setSelectionRange(2, 5);
      field.ownerDocument.mark = "same document";
      field.ownerDocument.defaultView.scrollTo(0, 900);
    });
    await page.evaluate(() => {
      window.mark = "same page";
      scrollTo(0, 40);
    });
    const scroll = await page.evaluate(() => scrollY);
    await save("form/stories.py", stories("changed"));
    await shows(page, "changed");
    const state = await inner.locator("[name=a]").evaluate((field) => ({
      mark: field.ownerDocument.mark,
      scroll: field.ownerDocument.defaultView.scrollY,
      focused: field.ownerDocument.activeElement === field,
      selection: [field.selectionStart, field.selectionEnd],
      value: field.value,
      checked: field.form.b.checked,
      text: field.form.c.value,
    }));
    assert.ok(Math.abs(state.scroll - 900) <= 2, `scrolled to ${state.scroll}`);
    assert.deepEqual(
      { ...state, scroll: 900 },
      {
        mark: "same document",
        scroll: 900,
        focused: true,
        selection: [2, 5],
        value: "some text",
        checked: true,
        text: "typed by me",
      },
    );
    assert.equal(await page.evaluate(() => window.mark), "same page");
    assert.ok(Math.abs((await page.evaluate(() => scrollY)) - scroll) <= 2);
    assert.deepEqual(faults, []);
  });

  test("of a component shows, too, and its props and source", async (t) => {
    const { page, pkg, save } = await look(t);
    await page.getByRole("tab", { name: "Python" }).click();
    const text = await readFile(join(pkg, "form/form.py"), "utf8");
    await save("form/form.py", text.replace("row {n}", "line {n}"));
    await shows(page, "line 7");
    await page.waitForFunction(() => document.querySelector("#python").textContent.includes("line {n}"));
    assert.equal(await page.getByRole("tab", { name: "Python" }).getAttribute("aria-selected"), "true");
  });

  test("with a new title changes sidebar, breadcrumbs and heading without a reload", async (t) => {
    const { page, save } = await look(t);
    await page.evaluate(() => (window.mark = "same page"));
    await save("form/stories.py", stories("one", "Renamed"));
    await page.locator("#tree a", { hasText: "Renamed" }).waitFor();
    await page.locator("h1", { hasText: "Renamed" }).waitFor();
    await page.locator(".crumbs", { hasText: "Renamed" }).waitFor();
    assert.match(await page.title(), /Renamed/);
    assert.equal(await page.evaluate(() => window.mark), "same page");
  });

  test("with a new story and without it changes the tree", async (t) => {
    const { page, save } = await look(t);
    await save("form/stories.py", stories("one", "First", SECOND));
    const second = page.locator("#tree a", { hasText: "Second" });
    await second.waitFor();
    await second.click();
    await page.waitForURL(/form\/second\//);
    await shows(page, "two");
    await connected(page);
    await save("form/stories.py", stories("one"));
    const gone = page.locator(".gone");
    await gone.waitFor();
    await second.waitFor({ state: "detached" });
    await gone.locator("a").click();
    await page.locator("h1", { hasText: "Form" }).waitFor();
  });

  test("of a whole new component shows on the page above it", async (t) => {
    const { page, pkg, save } = await look(t, "");
    await mkdir(join(pkg, "badge"));
    await save("badge/stories.py", stories("badge", "Badge").replace('title="Form"', 'title="Badges"'));
    await page.locator(".card", { hasText: "Badges" }).waitFor();
    await page.locator("#tree a", { hasText: "Badges" }).waitFor();
    await rm(join(pkg, "badge"), { recursive: true });
    await page.locator(".card", { hasText: "Badges" }).waitFor({ state: "detached" });
  });

  test("with an error shows it in the page's place, and the next good one the story again", async (t) => {
    const { page, save } = await look(t);
    await save("form/stories.py", stories("one").replace('"label": "one"', '"wrong": 1'));
    await page.locator(".fault", { hasText: "TypeError" }).waitFor();
    assert.ok(!(await page.locator("#preview").isVisible()), "the preview would only say it again");
    await save("form/stories.py", stories("mended"));
    await shows(page, "mended");
    await page.locator(".fault").waitFor({ state: "detached" });
  });

  test("updates a preview that stands alone", async (t) => {
    const pkg = await shop(t);
    const server = await serve(t, pkg);
    const { page } = await open(browser, `${server.url}form/first/preview.html`);
    await page.waitForFunction(() => performance.getEntriesByName("").length >= 0);
    await page.evaluate(() => (document.mark = "same document"));
    const text = page.getByText("alone").first();
    let number = 0;
    while (!(await text.isVisible())) {
      await writeFile(join(pkg, "form/stories.py"), stories(`alone ${number++}`));
      await text.waitFor({ timeout: 2000 }).catch(() => {});
      assert.ok(number < 10);
    }
    assert.equal(await page.evaluate(() => document.mark), "same document");
  });
});

describe("the connection", () => {
  test("says when it is lost, comes back by itself, and catches up on what was missed", async (t) => {
    const { page, pkg, server } = await look(t);
    await page.evaluate(() => (window.mark = "same page"));
    await server.stop();
    await sign(page, "disconnected");
    await writeFile(join(pkg, "form/stories.py"), stories("meanwhile"));
    await serve(t, pkg, { port: server.port });
    await connected(page);
    await page.reload(); // the builds of another server are counted anew
    await shows(page, "meanwhile");
  });

  test("that comes back to the same build changes nothing", async (t) => {
    const { page, context } = await look(t);
    const asked = [];
    await context.setOffline(true);
    await page.evaluate(() => dispatchEvent(new Event("offline")));
    page.on("request", (request) => asked.push(request.url()));
    await context.setOffline(false);
    await page.evaluate(() => dispatchEvent(new Event("online")));
    await connected(page);
    assert.deepEqual(asked, []);
  });
});
