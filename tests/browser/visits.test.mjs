// From one story's page to another without loading a page: everything that belongs to the story changes.
import assert from "node:assert/strict";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { browser, build, leadsTo, LONG, open, serve, serveFiles, shop, temporary, violations } from "./support.mjs";

const SITE = `
from storytime import Global, Site


def this_site() -> Site:
    return Site(title="Shop", globals=[Global("dir", ["ltr", "rtl"], attribute="dir")])
`;

const COMPONENT = `
from string.templatelib import Template


def Button(*, label: str) -> Template:
    return t"<button>{label}</button>"
`;

const subject = (title, items) => `
from storytime import Story, Subject
from shop.controls.button.button import Button


def this_subject() -> Subject:
    return Subject(title="${title}", target=Button, items=[${items}])
`;

const item = (title, more = "") => `Story(title="${title}", props={"label": "${title} label"}${more}),`;
const FILES = {
  "__init__.py": "",
  "stories.py": SITE,
  "controls/__init__.py": "",
  "controls/button/__init__.py": "",
  "controls/button/button.py": COMPONENT,
  "controls/button/stories.py": subject(
    "Button",
    [
      item("First"),
      item("Second", ', parameters={"viewport": "Phone"}, assertions=[lambda el: None]'),
      item("Third"),
    ].join(" "),
  ),
  "about/__init__.py": "",
  "about/stories.py": subject("About", item("Only")),
};

const WAYS = {
  "a static build": async (t, pkg) => ({ url: await serveFiles(t, await build(await temporary(t), pkg)) }),
  subinterpreters: (t, pkg) => serve(t, pkg, { options: ["--isolation", "subinterpreters"] }),
  processes: (t, pkg) => serve(t, pkg, { options: ["--isolation", "process"] }),
};

const PAGE = (name) => `controls/button/${name}/index.html`;
const entry = (page, name) => page.locator("#tree a.story", { hasText: name });
const shows = (page, text) => page.frameLocator("#preview").getByText(text, { exact: true }).waitFor();
const heading = (page, text) => page.locator("h1", { hasText: text }).waitFor();

/** Open the first story's page. `isSame()` is true if no other page has been loaded since. */
async function look(t, way = "subinterpreters", options = {}) {
  const pkg = await shop(t, FILES);
  const server = await WAYS[way](t, pkg);
  const opened = await open(browser, server.url + PAGE("first"), options);
  await shows(opened.page, "First label");
  if (way !== "a static build") await opened.page.waitForSelector("#live-sign[data-state=connected]");
  await opened.page.evaluate(() => (window.mark = true));
  return { pkg, server, url: server.url, isSame: () => opened.page.evaluate(() => window.mark === true), ...opened };
}

for (const way of Object.keys(WAYS)) {
  const skip = way === "processes" && !LONG && "only with the long tests"; // pages do not know how builds are isolated
  test(`a click shows another story and everything that belongs to it, with ${way}`, { skip }, async (t) => {
    const { page, url, isSame, faults } = await look(t, way);
    await page.getByRole("tab", { name: "HTML" }).click();
    await entry(page, "Second").click();
    await shows(page, "Second label");
    await heading(page, "Second");
    assert.equal(page.url(), url + PAGE("second"));
    assert.equal(await page.title(), "Second – Shop");
    assert.equal(await page.locator("#preview").getAttribute("title"), "Preview of Second");
    assert.equal(await page.locator("#tree [aria-current]").innerText(), "Second");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "Second");
    assert.equal(await page.locator(".crumbs [aria-current]").textContent(), "Second");
    assert.match(await page.locator("#html").innerText(), /Second label/);
    assert.match(await page.getByRole("tab", { name: "Assertions" }).innerText(), /1/);
    assert.equal(await page.getByLabel("Viewport").inputValue(), "Phone");
    await leadsTo(page, "prev", "First");
    assert.equal(await page.locator("#arrival").innerText(), "Second – Shop");
    await page.keyboard.press("j");
    await shows(page, "Third label");
    await heading(page, "Third");
    assert.equal(await page.getByLabel("Viewport").inputValue(), "Full");
    assert.deepEqual(await violations(page), []);
    const alone = await page.locator('.toolbar [data-icon="alone"]').evaluate((link) => link.href);
    assert.equal(alone, `${url}controls/button/third/preview.html`);
    for (const name of ["Second", "First"]) {
      await page.goBack();
      await shows(page, `${name} label`);
      await heading(page, name);
    }
    await page.goForward();
    await shows(page, "Second label");
    await heading(page, "Second");
    assert.ok(await isSame());
    await page.reload();
    await shows(page, "Second label");
    await heading(page, "Second");
    assert.ok(!(await isSame()));
    assert.deepEqual(faults, []);
  });
}

test("links work from another depth of addresses, and a closed branch opens", async (t) => {
  const { page, url, isSame, faults } = await look(t);
  await page.keyboard.press("k");
  await shows(page, "Only label");
  await page.waitForURL(`${url}about/only/index.html`);
  await page.locator("#tree [aria-current]", { hasText: "Only" }).waitFor();
  assert.ok(await isSame());
  await leadsTo(page, "next", "First");
  await page.keyboard.press("j");
  await heading(page, "First");
  await shows(page, "First label");
  await page.locator("#tree").getByRole("link", { name: "Button" }).click();
  await page.waitForURL(`${url}controls/button/index.html`);
  await page.locator("#props .control").waitFor(); // it has loaded the controls of its first story
  await page.goBack();
  await shows(page, "First label");
  await page.keyboard.press("k");
  await shows(page, "Only label");
  await page.getByRole("navigation", { name: "Main" }).getByText("About").click();
  await page.waitForURL(`${url}about.html`);
  assert.deepEqual(faults, []);
});

test("other mouse buttons, and clicks with keys, are left to the browser", async (t) => {
  const { page, url, context, isSame } = await look(t);
  for (const how of [{ modifiers: ["Control"] }, { button: "middle" }]) {
    const [other] = await Promise.all([context.waitForEvent("page"), entry(page, "Second").click(how)]);
    await shows(other, "Second label");
    assert.equal(other.url(), url + PAGE("second"));
  }
  assert.equal(page.url(), url + PAGE("first"));
  assert.ok(await isSame());
});

test("of two quick clicks the last one counts, whichever page is loaded first", async (t) => {
  const { page, url, faults } = await look(t, "a static build", { own: true });
  let release = null;
  const held = new Promise((resolve) => (release = resolve));
  await page.route("**/second/index.html", async (route) => {
    await held;
    await route.continue().catch(() => {}); // the page may have aborted the request
  });
  await entry(page, "Second").click();
  await entry(page, "Third").click();
  await shows(page, "Third label");
  await heading(page, "Third");
  release();
  await page.reload();
  await heading(page, "Third");
  assert.equal(page.url(), url + PAGE("third"));
  assert.deepEqual(faults, []);
});

describe("state", () => {
  test("of controls is kept in each entry of the history", async (t) => {
    const { page, url, isSame, faults } = await look(t);
    const label = () => page.locator("#props").getByLabel("label", { exact: true });
    await label().fill("Mine");
    await shows(page, "Mine");
    await entry(page, "Second").click();
    await shows(page, "Second label");
    await heading(page, "Second");
    assert.equal(page.url(), url + PAGE("second"));
    assert.equal(await label().inputValue(), "Second label");
    await label().fill("Other");
    await shows(page, "Other");
    await page.goBack(); // the value
    await shows(page, "Second label");
    await page.goBack(); // the story
    await heading(page, "First");
    await shows(page, "Mine");
    assert.equal(await label().inputValue(), "Mine");
    await page.goBack();
    await shows(page, "First label");
    assert.equal(await label().inputValue(), "First label");
    assert.ok(await isSame());
    assert.deepEqual(faults, []);
  });

  test("of values is not asked for with another story", async (t) => {
    const { page, faults } = await look(t);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const label = () => page.locator("#props").getByLabel("label", { exact: true });
    await entry(page, "Second").click();
    await heading(page, "Second");
    await label().fill("Mine");
    await shows(page, "Mine");
    await entry(page, "Third").click();
    await heading(page, "Third");
    await shows(page, "Third label");
    await page.goBack();
    await shows(page, "Mine");
    await page.goBack();
    await shows(page, "Second label");
    const others = asked.filter((url) => /(first|third)\/preview.html\?.*Mine/.test(url));
    assert.deepEqual([...others, ...faults], []);
  });

  test("of a value that ends the process that renders is shown once", async (t) => {
    const { page, pkg, server, url } = await look(t);
    const crashing = COMPONENT.replace(
      "    return",
      '    if label == "crash":\n        import os; os._exit(3)\n    return',
    );
    const from = server.log.length;
    await writeFile(join(pkg, "controls/button/button.py"), crashing);
    await server.said(/Build \d+:/, from);
    await entry(page, "Second").click();
    await heading(page, "Second");
    await shows(page, "Second label");
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await page.locator("#props").getByLabel("label", { exact: true }).fill("crash");
    await page.frameLocator("#preview").getByRole("heading", { name: "can’t be rendered" }).waitFor();
    const other = `${url}controls/button/third/preview.html?args=label:Fine`;
    assert.match(await (await page.request.get(other)).text(), /Fine/); // the next process has started
    assert.equal(asked.filter((one) => one.includes("crash")).length, 2, asked.join("\n")); // by the page, and its frame
  });

  test("of globals is kept from story to story", async (t) => {
    const { page } = await look(t, "a static build");
    await page.getByLabel("dir").selectOption("rtl");
    await entry(page, "Second").click();
    await page.frameLocator("#preview").locator("html[dir=rtl]", { hasText: "Second label" }).waitFor();
    await page.waitForURL(/second\/index\.html\?globals=dir:rtl|second\/index\.html\?globals=dir%3Artl/);
    assert.equal(await page.getByLabel("dir").inputValue(), "rtl");
  });

  test("of the search ends when a result is chosen: the whole tree is shown", async (t) => {
    const { page, isSame } = await look(t, "a static build");
    await page.fill("#search", "third");
    await page.locator("#tree .results a.story").click();
    await shows(page, "Third label");
    await page.locator("#tree [aria-current]", { hasText: "Third" }).waitFor();
    assert.equal(await page.inputValue("#search"), "");
    assert.equal(await page.locator("#tree .results").count(), 0);
    assert.ok(await isSame());
  });
});

test("on a phone the sidebar closes when a story is chosen", async (t) => {
  const { page } = await look(t, "a static build", { viewport: { width: 390, height: 844 } });
  await page.locator("#toggle-sidebar").click();
  await entry(page, "Second").click();
  await heading(page, "Second");
  assert.ok(!(await page.locator("#sidebar").isVisible()));
  assert.equal(await page.evaluate(() => document.activeElement.id), "main");
});

describe("while files are saved", () => {
  test("a visited story is updated, and has its own actions", async (t) => {
    const { page, pkg, isSame, faults } = await look(t);
    await page.frameLocator("#preview").getByRole("button").click();
    await page.getByRole("tab", { name: /Actions\s+1/ }).waitFor();
    await entry(page, "Second").click();
    await shows(page, "Second label");
    await page.getByRole("tab", { name: /Actions\s*$/ }).waitFor();
    await writeFile(join(pkg, "controls/button/button.py"), COMPONENT.replace("{label}", "{label}!"));
    await shows(page, "Second label!");
    assert.ok(await isSame());
    assert.deepEqual(faults, []);
  });

  for (const late of ["index.html", "preview.html"]) {
    test(`a build that was published while ${late} was loading is not missed`, async (t) => {
      const { page, pkg, server } = await look(t, "subinterpreters", { own: true });
      let release = null;
      const held = new Promise((resolve) => (release = resolve));
      let note = null;
      const asked = new Promise((resolve) => (note = resolve));
      const hold = async (route) => {
        const response = await route.fetch(); // as it was before the build
        note();
        await held;
        await route.fulfill({ response });
      };
      await page.route(`**/second/${late}`, hold, { times: 1 });
      await entry(page, "Second").click();
      await asked;
      const built = server.log.length;
      const file = join(pkg, "controls/button/stories.py");
      await writeFile(file, (await readFile(file, "utf8")).replace("Second label", "Newer label"));
      await server.said(/Build \d+:/, built);
      release();
      await page.waitForFunction(() =>
        document.getElementById("preview").contentWindow.location.pathname.includes("second"),
      );
      await shows(page, "Newer label");
      await page.locator("#html", { hasText: "Newer label" }).waitFor({ state: "attached" });
    });
  }

  test("a visited story shows its error, and appears when it is repaired", async (t) => {
    const { page, pkg, server } = await look(t);
    const file = join(pkg, "controls/button/stories.py");
    const text = await readFile(file, "utf8");
    const built = server.log.length;
    await writeFile(file, text.replace('"label": "Third label"', '"label": 1 / 0'));
    await server.said(/Build \d+:/, built);
    await page.locator(".fault, .gone").first().waitFor();
    await writeFile(
      file,
      text.replace('Story(title="Third", props={"label": "Third label"})', 'Story(title="Third", props={"no": 1})'),
    );
    await page.waitForFunction(() => !document.querySelector(".fault, .gone"));
    await entry(page, "Third").click();
    await page.locator("#main > .fault").waitFor();
    await heading(page, "Third");
    await writeFile(file, text);
    await shows(page, "Third label");
  });
});

test("redirects of the page and of the preview are followed", async (t) => {
  const { page, url, isSame } = await look(t, "a static build", { own: true });
  for (const [from, to] of [
    ["second/index.html", "second/"],
    ["second/preview.html", "third/preview.html"],
  ]) {
    const location = `${url}controls/button/${to}`;
    await page.route(`**/${from}`, (route) => route.fulfill({ status: 301, headers: { location } }));
  }
  await entry(page, "Second").click();
  await heading(page, "Second");
  await shows(page, "Third label");
  assert.equal(page.url(), `${url}controls/button/second/`);
  await leadsTo(page, "next", "Third");
  await page.keyboard.press("j");
  await heading(page, "Third");
  await page.goBack();
  await heading(page, "Second");
  assert.ok(await isSame());
});

describe("a page is loaded", () => {
  test("if it does not exist", async (t) => {
    const { page, url } = await look(t, "a static build", { own: true });
    await page.route("**/second/*", (route) =>
      route.fulfill({ status: 404, contentType: "text/html", body: "<h1>Not here</h1>" }),
    );
    await entry(page, "Second").click();
    await heading(page, "Not here");
    assert.equal(page.url(), url + PAGE("second"));
  });

  test("if it only says that a build is running", async (t) => {
    const { page } = await look(t, "a static build", { own: true });
    await page.route("**/second/index.html", (route) =>
      route.fulfill({ contentType: "text/html", body: "<h1>Building</h1><p data-step></p>" }),
    );
    await entry(page, "Second").click();
    await heading(page, "Building");
  });

  test("if the server is gone, so that the browser says so", async (t) => {
    const { page, server, url } = await look(t);
    await server.stop();
    const failed = page.waitForEvent(
      "requestfailed",
      (request) => request.isNavigationRequest() && request.frame() === page.mainFrame(),
    );
    await entry(page, "Second").click();
    assert.equal((await failed).url(), url + PAGE("second"));
  });
});

describe("the preview", () => {
  const page = (body, head = "") =>
    `<!doctype html><html lang="en"><head><title>x</title>${head}</head><body>${body}</body></html>`;
  const DOCUMENTS = `
from storytime import Story, Subject

CODE = """${page('<p onclick="this.ran = 1">with code</p>')}"""
PLAIN = """${page("<p style='height: 3000px'>plain</p><input>")}"""
OTHER = """${page("<p style='height: 3000px'>other</p><input>")}"""
VANISHED = """${page("<script>window.ran = 1; document.currentScript.remove()</script><p>script that is gone</p>")}"""
STYLED = """${page("<p>styled</p>", "<style>p {{ color: red }}</style>")}"""


def Page(*, text: str) -> str:
    return text


def this_subject() -> Subject:
    all = {"Code": CODE, "Plain": PLAIN, "Other": OTHER, "Styled": STYLED, "Vanished": VANISHED}
    return Subject(title="Page", target=Page, items=[Story(title=title, props={"text": text}) for title, text in all.items()])
`;

  test("is replaced without loading if it has run no code and the head is the same", async (t) => {
    const pkg = await shop(t, FILES);
    await mkdir(join(pkg, "page"));
    await writeFile(join(pkg, "page/__init__.py"), "");
    await writeFile(join(pkg, "page/stories.py"), DOCUMENTS);
    const url = await serveFiles(t, await build(await temporary(t), pkg));
    const { page, faults } = await open(browser, `${url}page/plain/index.html`);
    const inFrame = (work) => page.locator("#preview").evaluate(work);
    const go = async (name, text, isKept) => {
      await inFrame((frame) => {
        frame.contentWindow.mark = true;
        frame.contentWindow.scrollTo(0, 500);
      });
      await entry(page, name).click();
      await shows(page, text);
      await heading(page, name);
      const found = await inFrame(({ contentWindow: view }) => [
        view.mark === true,
        view.scrollY,
        view.location.pathname,
      ]);
      assert.deepEqual(found, [isKept, 0, new URL(`${url}page/${name.toLowerCase()}/preview.html`).pathname]);
    };
    await shows(page, "plain");
    await page.frameLocator("#preview").locator("input").fill("typed");
    await go("Other", "other", true);
    assert.equal(await page.frameLocator("#preview").locator("input").inputValue(), "");
    await go("Code", "with code", false);
    await go("Plain", "plain", false);
    await go("Styled", "styled", false);
    for (const [name, text] of [
      ["Plain", "plain"],
      ["Code", "with code"],
      ["Other", "other"],
    ]) {
      await page.goBack();
      await shows(page, text);
      await heading(page, name); // the preview may be there before the rest has been fetched
    }
    await page.reload();
    await shows(page, "other");
    await go("Vanished", "script that is gone", false);
    await go("Plain", "plain", false);
    await go("Other", "other", true);
    assert.deepEqual(faults, []);
  });
});
