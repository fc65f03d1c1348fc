// A served catalog: how an open page changes when a file is saved.
import assert from "node:assert/strict";
import { EventEmitter, once } from "node:events";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { browser, example, open, picture, serve, shop, temporary, violations } from "./support.mjs";

const FILES = {
  "__init__.py": "",
  "form/__init__.py": "",
  "form/form.py": `from tdom import html


def Form(*, label: str):
    rows = [t"<p>row {n}</p>" for n in range(200)]
    return html(t"<form><label>{label} <input name=a></label><label><input type=checkbox name=b> b</label><textarea name=c></textarea><select name=d><option>x</option><option>y</option></select><details><summary>more</summary>{label}</details>{rows}</form>")
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

const form = (t) => shop(t, { ...FILES, "form/stories.py": stories("one") });

/** Open the story's page, and wait until it is connected. */
async function look(t, path = "form/first/") {
  const pkg = await form(t);
  const server = await serve(t, pkg);
  const opened = await open(browser, server.url + path);
  await connected(opened.page);
  return { pkg, server, save: (name, text) => writeFile(join(pkg, name), text), ...opened };
}

const sign = (page, state) => page.waitForSelector(`#live-sign[data-state="${state}"]`);
const connected = (page) => sign(page, "connected");
const preview = (page) => page.frameLocator("#preview");
const shows = (page, text) => preview(page).getByText(text).first().waitFor();

/** Open the story's preview on its own, and wait until the server has answered its first message. */
async function lookAlone(server, options) {
  const opened = await open(browser, "about:blank", options);
  const answered = new Promise((done) => opened.page.once("websocket", (socket) => socket.once("framereceived", done)));
  await opened.page.goto(`${server.url}form/first/preview.html`);
  await answered;
  return opened;
}

/** Hold the page's requests for a URL: all, or those that `isHeld` chooses. Returns what lets them go. */
async function hold(page, url, isHeld = () => true) {
  let release = null;
  const held = new Promise((resolve) => (release = resolve));
  await page.route(url, async (route) => {
    if (isHeld(route.request())) await held;
    await route.continue();
  });
  return release;
}

/** Edit, and wait for the end of the build. One that supersedes it would announce again what it has shown. */
async function built(server, edit) {
  const from = server.log.length;
  await edit();
  await server.said(/Build \d+: .* written/, from);
}

describe("a save", () => {
  test("changes the preview in place: scroll, focus, selection, typed input and open branches stay", async (t) => {
    const { page, save, faults } = await look(t);
    await page.locator("#preview").evaluate((frame) => (frame.style.height = "300px"));
    const inner = preview(page);
    await inner.locator("[name=c]").fill("typed by me");
    await inner.locator("[name=b]").check();
    await inner.locator("[name=d]").selectOption("y");
    await inner.locator("summary").click();
    await inner.locator("[name=a]").fill("some text");
    await inner.locator("[name=a]").evaluate((field) => {
      field.setSelectionRange(2, 5);
      field.ownerDocument.mark = "same document";
      field.ownerDocument.defaultView.scrollTo(0, 900);
    });
    await page.evaluate(() => (window.mark = "same page"));
    await save("form/stories.py", stories("changed"));
    await shows(page, "changed");
    await page.waitForFunction(() => document.querySelector("#props .control")?.value === "changed");
    const state = await inner.locator("[name=a]").evaluate((field) => ({
      mark: field.ownerDocument.mark,
      scroll: field.ownerDocument.defaultView.scrollY,
      focused: field.ownerDocument.activeElement === field,
      selection: [field.selectionStart, field.selectionEnd],
      value: field.value,
      checked: field.form.b.checked,
      text: field.form.c.value,
      chosen: field.form.d.value,
      opened: field.form.querySelector("details").open,
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
        chosen: "y",
        opened: true,
      },
    );
    assert.equal(await page.evaluate(() => window.mark), "same page");
    assert.deepEqual(faults, []);
  });

  test("that puts a paragraph in front of a form leaves the form as it is", async (t) => {
    const { page, pkg, save } = await look(t);
    await preview(page).locator("[name=c]").fill("typed by me");
    await preview(page).locator("summary").click();
    await page.locator("#search").focus(); // what has the focus stays anyway
    const text = await readFile(join(pkg, "form/form.py"), "utf8");
    await save("form/form.py", text.replace("<form>", "<p>in front</p>\\n<form>"));
    await shows(page, "in front");
    assert.equal(await preview(page).locator("[name=c]").inputValue(), "typed by me");
    assert.ok(
      await preview(page)
        .locator("details")
        .evaluate((details) => details.open),
    );
    await save("form/form.py", text);
    await preview(page).getByText("in front").waitFor({ state: "detached" });
    assert.equal(await preview(page).locator("[name=c]").inputValue(), "typed by me");
  });

  test("leaves a menu that nobody has used to the story", async (t) => {
    const { page, pkg, save } = await look(t);
    const text = await readFile(join(pkg, "form/form.py"), "utf8");
    const chosen = (value) =>
      page.waitForFunction(
        (value) => document.getElementById("preview").contentDocument.querySelector("[name=d]").value === value,
        value,
      );
    await save("form/form.py", text.replace("<option>x", "<option>z"));
    await chosen("z");
    await save("form/form.py", text.replace("<option>y", "<option selected>y"));
    await chosen("y");
    await preview(page).locator("[name=d]").selectOption("x");
    await save("form/form.py", text.replace("row {n}", "line {n}"));
    await shows(page, "line 7");
    await chosen("x");
  });

  test("changes the preview before anything around it", async (t) => {
    const { page, save } = await look(t);
    await page.evaluate(() => {
      window.order = [];
      const inner = document.getElementById("preview").contentDocument;
      for (const [name, node] of [
        ["panels", document.querySelector(".panels")],
        ["preview", inner.body],
      ]) {
        new MutationObserver(() => window.order.push(name)).observe(node, { subtree: true, characterData: true });
      }
    });
    await save("form/stories.py", stories("changed"));
    await page.waitForFunction(() => window.order.includes("panels"));
    assert.equal(await page.evaluate(() => window.order[0]), "preview");
  });

  test("of a component changes the preview, its props and its source", async (t) => {
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

  test("keeps the state of the tree: open and closed branches, the focus, the search", async (t) => {
    const { page, pkg, save } = await look(t, "");
    await mkdir(join(pkg, "badge"));
    await save("badge/stories.py", stories("badge", "Badge").replace('title="Form"', 'title="Badges"'));
    const twist = page.locator(".twist[aria-label='Stories of Form']");
    await page.locator("#tree a", { hasText: "Badges" }).waitFor();
    await twist.click();
    await page.locator("#tree a", { hasText: "First" }).focus();
    await save("form/stories.py", stories("one", "First", SECOND));
    await page.locator("#tree a", { hasText: "Second" }).waitFor();
    assert.equal(await page.evaluate(() => document.activeElement.textContent), "First");
    assert.equal(await twist.getAttribute("aria-expanded"), "true");
    await page.fill("#search", "sec");
    await page.locator("#tree .results a", { hasText: "Second" }).waitFor();
    await save("form/stories.py", stories("one", "First", SECOND.replace("Second", "Section two")));
    await page.locator("#tree .results a", { hasText: "Section two" }).waitFor();
    assert.equal(await page.inputValue("#search"), "sec");
  });

  test("changes small previews in place", async (t) => {
    const { page, save } = await look(t, "form/");
    const thumb = page.locator(".live iframe").first();
    const inner = page.frameLocator(".live iframe").first();
    await inner.getByText("one").first().waitFor();
    await thumb.evaluate((frame) => (frame.contentDocument.mark = "same document"));
    await save("form/stories.py", stories("changed"));
    await inner.getByText("changed").first().waitFor();
    assert.equal(await thumb.evaluate((frame) => frame.contentDocument.mark), "same document");
  });

  test("shows in small previews whose scripts still load", async (t) => {
    const pkg = await form(t);
    const server = await serve(t, pkg);
    const { page } = await open(browser, "about:blank", { own: true });
    const release = await hold(page, "**/live.js", (request) => request.frame() !== page.mainFrame());
    await page.goto(`${server.url}form/`, { waitUntil: "commit" });
    await connected(page);
    const inner = page.frameLocator(".live iframe").first();
    await inner.getByText("one").first().waitFor();
    await writeFile(join(pkg, "form/stories.py"), stories("changed"));
    await inner.getByText("changed").first().waitFor();
    release();
  });

  test("of a stylesheet restyles the preview in place, and fetches nothing else", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "complete");
    const server = await serve(t, pkg);
    const { page } = await open(browser, `${server.url}feedback/rating/`);
    await page.locator("#tree a.story").first().click();
    await page.waitForSelector("#preview");
    await page.waitForLoadState(); // with its frame
    await connected(page);
    const body = preview(page).locator("body");
    await body.evaluate((node) => (node.ownerDocument.mark = "same document"));
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const css = join(pkg, "static/complete.css");
    await writeFile(css, `${await readFile(css, "utf8")}\nbody { outline: 7px solid rgb(1, 2, 3) !important; }\n`);
    await page.waitForFunction(() => {
      const { body } = document.getElementById("preview").contentDocument;
      return getComputedStyle(body).outlineWidth === "7px";
    });
    assert.equal(await body.evaluate((node) => node.ownerDocument.mark), "same document");
    assert.deepEqual(asked, ["/static/complete.css"]);
  });

  test("of static files replaces them in place: scroll, focus, form and frame stay", async (t) => {
    const pkg = await form(t);
    const assets = join(pkg, "../assets");
    await mkdir(assets);
    const svg = (width) => `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="5"/>`;
    await writeFile(join(assets, "app.css"), "body { color: rgb(1, 1, 1) }");
    await writeFile(join(assets, "other.css"), "form { color: rgb(5, 5, 5) }");
    await writeFile(join(assets, "a.svg"), svg(11));
    await writeFile(
      join(pkg, "form/form.py"),
      FILES["form/form.py"].replace(
        "<form>",
        "<link rel=stylesheet href=/assets/app.css><link rel=stylesheet href=/assets/other.css>" +
          "<img id=picture src=/assets/a.svg><script>window.ran = (window.ran ?? 0) + 1</script><form>",
      ),
    );
    const server = await serve(t, pkg, { options: ["--static-dir", `${assets}:/assets`] });
    const { page, faults } = await lookAlone(server);
    await page.locator("input[name=a]").fill("typed");
    await page.locator("textarea").fill("more");
    await page.evaluate(() => {
      window.mark = "same window";
      document.querySelector("details").open = true;
      document.querySelector("input[name=a]").setSelectionRange(2, 3);
      document.querySelector("input[name=a]").focus({ preventScroll: true });
      window.unstyled = 0;
      scrollTo(0, 900);
      (function look() {
        const colour = getComputedStyle(document.body).color;
        if (!/^rgb\((1, 1, 1|2, 2, 2|3, 3, 3)\)$/.test(colour)) window.unstyled++;
        requestAnimationFrame(look);
      })();
    });
    const asked = [];
    page.on("request", (request) => asked.push(new URL(request.url()).pathname));
    const write = (name, text) => built(server, () => writeFile(join(assets, name), text));
    const coloured = (colour) =>
      page.waitForFunction((wanted) => {
        const isLoaded = document.querySelectorAll("link[rel=stylesheet]").length === 2; // the old one is gone
        return isLoaded && getComputedStyle(document.body).color === wanted;
      }, colour);
    await write("app.css", "body { color: rgb(2, 2, 2) }");
    await coloured("rgb(2, 2, 2)");
    await write("a.svg", svg(22));
    await page.waitForFunction(() => document.getElementById("picture").width === 22);
    await write("app.css", "body { color: rgb(3, 3, 3) }");
    await coloured("rgb(3, 3, 3)");
    const state = await page.evaluate(() => ({
      mark: window.mark,
      ran: window.ran,
      unstyled: window.unstyled,
      y: scrollY,
      focus: document.activeElement.name,
      selection: [document.activeElement.selectionStart, document.activeElement.selectionEnd],
      typed: [document.querySelector("input[name=a]").value, document.querySelector("textarea").value],
      open: document.querySelector("details").open,
    }));
    assert.deepEqual(state, {
      mark: "same window",
      ran: 1,
      unstyled: 0,
      y: 900,
      focus: "a",
      selection: [2, 3],
      typed: ["typed", "more"],
      open: true,
    });
    assert.deepEqual(asked, ["/assets/app.css", "/assets/a.svg", "/assets/app.css"]);
    assert.deepEqual(faults, []);
  });

  test("of a stylesheet is applied before the browser has fetched it, with its URLs and its position", async (t) => {
    const pkg = await form(t);
    const assets = await temporary(t);
    await writeFile(join(assets, "app.css"), "body { color: rgb(1, 1, 1) }");
    await writeFile(join(assets, "other.css"), "b { color: rgb(9, 9, 9) }");
    await writeFile(
      join(pkg, "form/form.py"),
      FILES["form/form.py"].replace(
        "<form>",
        "<link rel=stylesheet href=/assets/app.css><link rel=stylesheet href=/assets/other.css><b>b</b><form>",
      ),
    );
    const server = await serve(t, pkg, { options: ["--static-dir", `${assets}:/assets`] });
    const { page, faults } = await lookAlone(server, { own: true });
    const release = await hold(page, "**/app.css?v=*");
    await writeFile(
      join(assets, "app.css"),
      "body { color: rgb(2, 2, 2); background: url(x.png) } b { color: red } @media all { form { color: rgb(3, 3, 3) } }",
    );
    const styles = () =>
      page.evaluate(() => {
        const of = (selector, name) => getComputedStyle(document.querySelector(selector))[name];
        return [of("body", "color"), of("b", "color"), of("form", "color"), of("body", "backgroundImage")];
      });
    await page.waitForFunction(() => getComputedStyle(document.body).color === "rgb(2, 2, 2)");
    const shown = ["rgb(2, 2, 2)", "rgb(9, 9, 9)", "rgb(3, 3, 3)", `url("${server.url}assets/x.png")`];
    assert.deepEqual(await styles(), shown);
    release();
    await page.waitForFunction(() => document.querySelectorAll("link[href*='app.css']").length === 1);
    assert.deepEqual(await styles(), shown);
    assert.deepEqual(
      faults.filter((fault) => !/x\.png|404/.test(fault)),
      [],
    );
  });

  test("that changes the open story is applied without a request", async (t) => {
    const { page, save } = await look(t);
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    await save("form/stories.py", stories("changed"));
    await shows(page, "changed");
    await page.waitForFunction(() => document.querySelector("#props .control")?.value === "changed");
    assert.deepEqual(asked, []);
  });

  test("that adds or removes a story changes the tree", async (t) => {
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
    await picture(page, "vanished");
    assert.deepEqual(await violations(page), []);
    assert.match(await gone.innerText(), /no longer exists.*Go to Form/);
    await second.waitFor({ state: "detached" });
    await gone.locator("a").click();
    await page.locator("h1", { hasText: "Form" }).waitFor();
  });

  test("that changes the tree sends the difference, and the page requests nothing", async (t) => {
    const { page, pkg, server } = await look(t);
    const asked = [];
    page.on("request", (request) => /navigation/.test(request.url()) && asked.push(request.url()));
    const entry = (text) => page.locator("#tree a", { hasText: text });
    /* If another build supersedes one, the page is told that the whole tree may have changed. */
    const replace = (text) => built(server, () => writeFile(join(pkg, "form/stories.py"), text));
    const move = (from, to) => built(server, () => rename(join(pkg, from), join(pkg, to)));
    await replace(stories("one", "Renamed"));
    await entry("Renamed").waitFor();
    await replace(stories("one", "Renamed", SECOND));
    await entry("Second").waitFor();
    await mkdir(join(pkg, "../badge"));
    const badge = stories("badge", "Badge").replace('title="Form"', 'title="Badges"');
    await writeFile(join(pkg, "../badge/stories.py"), badge);
    await move("../badge", "badge");
    await entry("Badges").waitFor();
    await move("badge", "badges");
    await page.locator("#tree a[href$='badges/index.html']").waitFor();
    assert.equal(await entry("Badges").count(), 1);
    await page.fill("#search", "badge");
    await page.locator("#tree .results a.subject", { hasText: "Badges" }).waitFor();
    await page.fill("#search", "");
    await move("badges", "../badges");
    await entry("Badges").waitFor({ state: "detached" });
    assert.deepEqual(asked, []);
  });

  test("that changes nodes which the page does not know makes it load the whole tree", async (t) => {
    const { page, save } = await look(t);
    await page.evaluate(() => window.storytimeNavigation[5].splice(0)); // as of an earlier build
    await save("form/stories.py", stories("one", "First", SECOND));
    await page.locator("#tree a", { hasText: "Second" }).waitFor();
    assert.deepEqual(await page.evaluate(() => window.storytimeNavigation[5].map(([title]) => title)), ["Form"]);
  });

  test("that adds a component changes the page of its section", async (t) => {
    const { page, pkg, save } = await look(t, "");
    await mkdir(join(pkg, "badge"));
    await save("badge/stories.py", stories("badge", "Badge").replace('title="Form"', 'title="Badges"'));
    await page.locator(".card", { hasText: "Badges" }).waitFor();
    await page.locator("#tree a", { hasText: "Badges" }).waitFor();
    await rm(join(pkg, "badge"), { recursive: true });
    await page.locator(".card", { hasText: "Badges" }).waitFor({ state: "detached" });
  });

  test("with an error shows it on the page, and the next good save the story", async (t) => {
    const { page, save, faults } = await look(t);
    const tools = page.locator(".toolbar").getByRole("button");
    const names = await tools.allInnerTexts();
    await save("form/stories.py", stories("one").replace('"label": "one"', '"wrong": 1'));
    await page.locator(".fault", { hasText: "TypeError" }).waitFor();
    assert.ok(!(await page.locator("#preview").isVisible()), "the preview would repeat the error");
    await save("form/stories.py", stories("mended"));
    await shows(page, "mended");
    await page.locator(".fault").waitFor({ state: "detached" });
    assert.deepEqual(await tools.allInnerTexts(), names, "the tools are still there");
    await tools.getByText("Outline").click();
    assert.equal(await preview(page).locator("#storytime-tools").count(), 1);
    assert.deepEqual(faults, []);
  });

  test("of the layout takes over attributes of its html element, in place", async (t) => {
    const { page, save } = await look(t);
    const site = (attributes) => `from storytime import Site


def layout(*, story_title, children):
    return t'<!doctype html><html ${attributes}><head><title>{story_title}</title></head><body>{children}</body></html>'


def this_site() -> Site:
    return Site(title="Shop", themed_layout=layout)
`;
    await save("stories.py", site('data-bs-theme="light"'));
    await preview(page).locator("html[data-bs-theme=light]").waitFor();
    await preview(page)
      .locator("html")
      .evaluate((html) => (html.ownerDocument.mark = "same document"));
    await save("stories.py", site('data-bs-theme="dark" style="color: red"'));
    const html = preview(page).locator("html[data-bs-theme=dark][style='color: red']");
    await html.waitFor();
    assert.equal(await html.evaluate((html) => html.ownerDocument.mark), "same document");
  });

  test("shows the story again if its code has led the frame to another page", async (t) => {
    const { page, save } = await look(t);
    await save("form/form.py", FILES["form/form.py"].replace("<form>", "<script>window.ran = true</script><form>"));
    await page.waitForFunction(() => document.getElementById("preview").contentWindow.ran);
    await preview(page)
      .locator("body")
      .evaluate(() => (location = "/nowhere"));
    await shows(page, "Page not found");
    await save("form/stories.py", stories("changed"));
    await shows(page, "changed");
  });

  test("shows an error before it changes anything else on the page", async (t) => {
    const { page, save } = await look(t);
    await page.evaluate(() => {
      window.order = [];
      const main = document.getElementById("main");
      const note = (name) => () => window.order.push(name);
      const panels = new MutationObserver(note("panels")); // would be called first if both changed at once
      panels.observe(main.querySelector(".panels"), { subtree: true, childList: true, characterData: true });
      new MutationObserver(note("error")).observe(main, { childList: true });
    });
    await save("form/stories.py", stories("one").replace('"label": "one"', '"wrong": 1'));
    await page.waitForFunction(() => window.order.includes("panels"));
    assert.equal(await page.evaluate(() => window.order[0]), "error");
    assert.ok(await page.locator("#main > .fault").isVisible());
  });

  test("with an error keeps the preview behind it, whatever scripts that has", async (t) => {
    const { page, save, faults } = await look(t);
    await save("form/form.py", FILES["form/form.py"].replace("<form>", "<script>window.ran = true</script><form>"));
    await page.waitForFunction(() => document.getElementById("preview").contentWindow.ran);
    await preview(page).locator("[name=c]").fill("typed by me");
    await save("form/stories.py", stories("one").replace('"label": "one"', '"wrong": 1'));
    await page.locator(".fault", { hasText: "TypeError" }).waitFor();
    await save("form/stories.py", stories("mended"));
    await page.locator(".fault").waitFor({ state: "detached" });
    await shows(page, "mended");
    assert.equal(await preview(page).locator("[name=c]").inputValue(), "typed by me");
    assert.deepEqual(faults, []);
  });

  test("that breaks the stories' file says so on their pages until it is repaired", async (t) => {
    const { page, save } = await look(t);
    await save("form/stories.py", "def broken(:\n");
    const note = page.locator(".gone", { hasText: "has an error" });
    await note.locator(".fault", { hasText: "SyntaxError" }).waitFor();
    assert.match(await note.innerText(), /its last good version.*Go to Form/s);
    await picture(page, "broken-file");
    assert.deepEqual(await violations(page), []);
    await save("form/stories.py", "import nowhere\n");
    await note.locator(".fault", { hasText: "No module named" }).waitFor();
    assert.equal(await page.locator(".gone").count(), 1);
    await save("form/stories.py", stories("mended"));
    await shows(page, "mended");
    assert.equal(await page.locator(".gone").count(), 0);
  });

  test("that ends the builder says so over the last good page, also after a reload, until it is repaired", async (t) => {
    const { page, save, faults } = await look(t);
    const text = FILES["form/form.py"];
    await save("form/form.py", text.replace("    rows", "    import os; os._exit(4)\n    rows"));
    const box = page.getByRole("alert").filter({ hasText: "The build failed" });
    await box.getByText(/STY402: .* exit code 4/).waitFor();
    await sign(page, "failed");
    await shows(page, "one");
    await picture(page, "failed-build");
    assert.deepEqual(await violations(page), []);
    const opening = page.waitForEvent("websocket");
    await page.reload();
    const socket = await opening;
    await box.getByText("STY402").waitFor();
    await box.getByRole("button", { name: "Close" }).click();
    await box.waitFor({ state: "detached" });
    const answered = socket.waitForEvent("framereceived");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await answered; // with the error again
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
    assert.equal(await box.count(), 0, "a box that was closed stays closed");
    await save("form/form.py", text.replace("row {n}", "line {n}"));
    await shows(page, "line 7");
    await connected(page);
    assert.deepEqual(faults, []);
  });

  test("that breaks the site leads from its pages to the error", async (t) => {
    const { page, pkg, save } = await look(t);
    const site = await readFile(join(pkg, "stories.py"), "utf8");
    await save("stories.py", "def broken(:\n");
    await page.locator(".notice", { hasText: "The site has an error" }).waitFor();
    await shows(page, "one");
    await picture(page, "broken-site");
    assert.deepEqual(await violations(page), []);
    await page.getByRole("link", { name: "Show the error" }).click();
    await page.locator(".fault", { hasText: "SyntaxError" }).waitFor();
    assert.equal(await page.locator(".notice").count(), 0);
    await page.goBack();
    await page.locator(".notice").waitFor();
    await save("stories.py", site);
    await page.locator(".notice").waitFor({ state: "detached" });
  });

  test("updates a preview that is opened on its own", async (t) => {
    const pkg = await form(t);
    const server = await serve(t, pkg);
    const { page } = await lookAlone(server);
    await page.evaluate(() => (document.mark = "same document"));
    await writeFile(join(pkg, "form/stories.py"), stories("alone"));
    await page.getByText("alone").first().waitFor();
    assert.equal(await page.evaluate(() => document.mark), "same document");
  });
});

/** A site whose build waits for a file, and then fails. */
const noSiteAfter = (file) => `from pathlib import Path
from time import sleep

while not Path(${JSON.stringify(file)}).exists():
    sleep(0.01)


def site():
    raise ValueError("no site today")
`;

describe("the connection", () => {
  test("is restored by itself after it was lost, and the page catches up", async (t) => {
    const { page, pkg, server } = await look(t);
    await page.evaluate(() => (window.mark = "same page"));
    assert.equal(await page.locator("#live-sign").innerText(), "Live");
    await server.stop();
    await sign(page, "disconnected");
    assert.equal(await page.locator("#live-sign").innerText(), "Disconnected");
    await picture(page, "disconnected");
    assert.deepEqual(await violations(page), []);
    await writeFile(join(pkg, "form/stories.py"), stories("meanwhile", "Renamed"));
    await serve(t, pkg, { port: server.port });
    await connected(page);
    await shows(page, "meanwhile");
    await page.locator("h1", { hasText: "Renamed" }).waitFor();
    await page.locator("#tree a", { hasText: "Renamed" }).waitFor();
    assert.equal(await page.evaluate(() => window.mark), "same page");
  });

  test("changes nothing if it is restored with the same build", async (t) => {
    const server = await serve(t, await form(t));
    const { page } = await open(browser, "about:blank");
    const opening = page.waitForEvent("websocket");
    await page.goto(`${server.url}form/first/`);
    await connected(page);
    const socket = await opening;
    const sockets = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    const asked = [];
    page.on("request", (request) => asked.push(request.url()));
    const answered = socket.waitForEvent("framereceived");
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await answered;
    await connected(page);
    assert.deepEqual([sockets, asked], [[], []], "a connection that answers is kept");
  });

  test("is retried after five seconds at most, and at once when the page becomes visible", async (t) => {
    const pkg = await form(t);
    const server = await serve(t, pkg);
    const { page, context } = await open(browser, "about:blank", { own: true });
    const events = new EventEmitter();
    const seen = { tried: 0, failed: 0 };
    await context.exposeFunction("saw", (what) => events.emit("saw", seen[what]++));
    await context.addInitScript(() => {
      const Real = window.WebSocket;
      window.WebSocket = class extends Real {
        constructor(url) {
          super(url);
          window.saw("tried");
          this.addEventListener("close", () => window.saw("failed"));
        }
      };
    });
    const until = async (what, count) => {
      while (seen[what] < count) await once(events, "saw");
    };
    await page.clock.install();
    await page.goto(`${server.url}form/first/`);
    await connected(page);
    await page.clock.pauseAt(await page.evaluate(() => Date.now() + 60_000)); // time stands still: no try is due
    await server.stop();
    for (let count = 1; count <= 8; count++) {
      await until("failed", count);
      assert.equal(seen.tried, count);
      await page.clock.fastForward(5000); // a longer pause would be a failure
      await until("tried", count + 1);
    }
    await until("failed", 9);
    await page.evaluate(() => document.dispatchEvent(new Event("visibilitychange")));
    await until("tried", 10); // though the clock stands still
  });

  test("delivers a build that was published while the page was loading", async (t) => {
    const pkg = await form(t);
    const server = await serve(t, pkg);
    const { page } = await open(browser, "about:blank", { own: true });
    const release = await hold(page, "**/live.js");
    await page.goto(`${server.url}form/first/`, { waitUntil: "commit" });
    await page.locator("h1", { hasText: "First" }).waitFor();
    const built = server.log.length;
    await writeFile(join(pkg, "form/stories.py"), stories("meanwhile", "Renamed"));
    await server.said(/Build \d+:/, built);
    assert.equal(await page.locator("h1").innerText(), "First");
    release();
    await page.locator("h1", { hasText: "Renamed" }).waitFor();
    await shows(page, "meanwhile");
  });

  test("shows that a build is running, and that it has failed", async (t) => {
    const { page, save } = await look(t);
    const go = join(await temporary(t), "go");
    await page.evaluate(() => (window.mark = "same page"));
    await save("stories.py", noSiteAfter(go));
    await sign(page, "building");
    await writeFile(go, "");
    await sign(page, "failed");
    await shows(page, "one");
    assert.equal(await page.evaluate(() => window.mark), "same page");
  });

  test("lets the page open a source in the editor, on this machine", async (t) => {
    const pkg = await form(t);
    const server = await serve(t, pkg, { env: { STORYTIME_EDITOR: "/bin/true" } });
    const { page } = await open(browser, `${server.url}form/first/`);
    await page.getByRole("tab", { name: "Python" }).click();
    const button = page.locator("#python .open-editor").first();
    const [request] = await Promise.all([page.waitForRequest(/__storytime\/open/), button.click()]);
    assert.equal(new URL(request.url()).searchParams.get("file"), "form/stories.py");
    assert.ok(Number(new URL(request.url()).searchParams.get("line")) > 0);
    await page.getByText("Opened").waitFor();
  });
});
