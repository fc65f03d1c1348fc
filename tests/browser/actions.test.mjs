// Routes answer requests of a preview. Requests without a route are not sent, but listed in the panel "Actions".
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { browser, build, control, open, picture, serve, serveFiles, shop, temporary, violations } from "./support.mjs";

const STORIES = `
from string.templatelib import Template
from storytime import Story, Subject


def Contacts(*, first: str = "none") -> Template:
    return t"""<p id="shown">{first}</p>
<button id="fetch" onclick="fetch('/contacts?name=Ann').then((r) => r.text()).then((t) => {{ shown.innerHTML = t }})">Fetch</button>
<button id="xhr" onclick="const x = new XMLHttpRequest(); x.open('DELETE', '/contacts/7'); x.send()">Delete</button>
<button id="lost" onclick="fetch('/nowhere', {{ method: 'POST', body: 'x' }})">Lost</button>
<form id="form" method="post" action="/contacts"><input name="name" value="Bob"><button>Save</button></form>
<form id="search" action="/search"><input name="q" value="x y"><button>Search</button></form>
<form id="own" onsubmit="event.preventDefault()"><button>Own</button></form>
<a id="link" href="/contacts?name=Linked">All</a> <a id="away" href="https://example.com/">Away</a> <a href="#shown">Here</a>"""


def contacts(*, name: str = "nobody") -> Template:
    return t"<b>{name}</b>"


def save(*, name: str, method: str = "") -> Template:
    return t'<p id="shown">saved {name}</p><a id="back" href="/contacts">Back</a>'


def this_subject() -> Subject:
    routes = {"GET /contacts": contacts, "POST /contacts": save}
    return Subject(title="Contacts", target=Contacts, items=[Story(title="Routed", routes=routes), Story(title="Plain")])
`;

const FILES = { "__init__.py": "", "contacts/__init__.py": "", "contacts/stories.py": STORIES };

async function start(t, story) {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const opened = await open(browser, new URL(`contacts/${story}/index.html`, url).href);
  const preview = opened.page.frameLocator("#preview");
  await preview.locator("#shown", { hasText: "none" }).waitFor();
  return { ...opened, root, url, preview };
}

/** Wait for this many entries in the panel. Their texts, the oldest first. */
async function entries(page, count) {
  const items = page.locator("#actions .log li");
  await items.nth(count - 1).waitFor({ state: "attached" });
  return (await items.allTextContents()).reverse();
}

test("routes answer scripts, forms and links within the preview", async (t) => {
  const { page, preview, root, faults } = await start(t, "routed");
  await preview.locator("#fetch").click();
  await preview.locator("#shown b", { hasText: "Ann" }).waitFor();
  await preview.locator("#link").click();
  await preview.locator("b", { hasText: "Linked" }).waitFor();
  await page.reload();
  await preview.locator("#form button").click();
  await preview.locator("#shown", { hasText: "saved Bob" }).waitFor();
  await preview.locator("#back").click();
  await preview.locator("b", { hasText: "nobody" }).waitFor();
  assert.deepEqual(await entries(page, 4), [
    "Form POST /contacts name=Bob",
    "Request POST /contacts 200, by a route",
    "Link /contacts clicked",
    "Request GET /contacts 200, by a route",
  ]);
  await page.getByRole("tab", { name: "Actions 4" }).click();
  await picture(page, "actions");
  assert.deepEqual(await violations(page), []);
  assert.deepEqual(faults, []);
  const file = join(root, "contacts/stories.py");
  await writeFile(file, (await readFile(file, "utf8")).replace('"none"', '"again"'));
  await preview.locator("#shown", { hasText: "again" }).waitFor();
  await page.locator("#html", { hasText: "again" }).waitFor({ state: "attached" }); // the page follows its preview
  assert.equal((await entries(page, 4)).length, 4);
  assert.equal(await page.getByText("only while storytime serve runs").count(), 0);
  await page.getByRole("button", { name: "Clear" }).click();
  assert.equal(await page.locator("#actions .log li").count(), 0);
});

test("a route's answer is shown if it has other scripts, and a form may have a field with the name method", async (t) => {
  const files = {
    ...FILES,
    "contacts/stories.py": STORIES.replace(
      '<input name="name"',
      '<script>window.x = 1</script><input name="method">$&',
    ),
  };
  const root = await shop(t, files);
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, new URL("contacts/routed/index.html", url).href);
  const preview = page.frameLocator("#preview");
  await preview.locator("#form button").click();
  await preview.locator("#shown", { hasText: "saved Bob" }).waitFor();
  assert.equal((await entries(page, 2))[0], "Form POST /contacts method=, name=Bob");
  const file = join(root, "contacts/stories.py");
  await writeFile(file, files["contacts/stories.py"].replace('"none"', '"again"'));
  await preview.locator("#shown", { hasText: "again" }).waitFor();
  assert.deepEqual(faults, []);
});

test("routes still answer after the preview has pushed another address, as htmx does", async (t) => {
  const { page, preview } = await start(t, "routed");
  await preview.locator("body").evaluate(() => history.pushState(null, "", "/contacts?page=2"));
  await preview.locator("#fetch").click();
  await preview.locator("#shown b", { hasText: "Ann" }).waitFor();
  await page.locator("#tree a", { hasText: "Plain" }).click();
  await preview.locator("#shown", { hasText: "none" }).waitFor();
});

test("actions are reported once, also after a change of values and a save", async (t) => {
  const { page, preview, root } = await start(t, "plain");
  await control(page, "first").fill("changed");
  await preview.locator("#shown", { hasText: "changed" }).waitFor();
  const file = join(root, "contacts/stories.py");
  await writeFile(file, (await readFile(file, "utf8")).replace(">Fetch<", ">Get<"));
  await preview.locator("#fetch", { hasText: "Get" }).waitFor();
  await preview.locator("#shown", { hasText: "changed" }).waitFor();
  await preview.locator("#xhr").click();
  await entries(page, 2);
  await preview.locator("#lost").click();
  assert.deepEqual(await entries(page, 4), [
    "Event click button#xhr Delete",
    "Request DELETE /contacts/7 405, no route",
    "Event click button#lost Lost",
    "Request POST /nowhere 405, no route",
  ]);
});

test("requests without a route are listed, and do not leave the story", async (t) => {
  const { page, preview } = await start(t, "plain");
  await preview.locator("#xhr").click();
  await entries(page, 2);
  await preview.locator("#lost").click();
  await entries(page, 4);
  await preview.locator("#form button").click();
  await preview.locator("#search button").click();
  await preview.locator("#own button").click();
  await preview.locator("#link").click();
  await preview.locator("#away").click();
  await preview.locator("a", { hasText: "Here" }).click();
  assert.deepEqual(await entries(page, 9), [
    "Event click button#xhr Delete",
    "Request DELETE /contacts/7 405, no route",
    "Event click button#lost Lost",
    "Request POST /nowhere 405, no route",
    "Form POST /contacts name=Bob",
    "Form GET /search q=x y",
    "Link /contacts?name=Linked clicked",
    "Link https://example.com/ clicked",
    "Link #shown clicked",
  ]);
  await preview.locator("#shown", { hasText: "none" }).waitFor();
});

const CART = `
from storytime import Story, Subject

HANDLES = ["added", "change input", "click li", "click li["]
SCRIPT = "this.dispatchEvent(new CustomEvent('added', {detail: {name: 'tea', count: 2}}))"


def Cart() -> str:
    return f'<ul><li class="one row"><b>Tea</b></li></ul><input type="checkbox"><button onclick="{SCRIPT}">Add</button>'


def this_subject() -> Subject:
    return Subject(title="Cart", target=Cart, parameters={"actions": {"handles": HANDLES}}, items=[Story(title="One")])
`;

test("events that the parameter names are listed with their details", async (t) => {
  const root = await shop(t, FILES);
  const file = join(root, "contacts/stories.py");
  await writeFile(file, CART);
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, new URL("contacts/one/index.html", url).href);
  const preview = page.frameLocator("#preview");
  const wrong = "Event click li[ is no valid selector, in the parameter actions";
  assert.deepEqual(await entries(page, 1), [wrong]);
  await preview.getByRole("button").click();
  await preview.getByRole("checkbox").check();
  await preview.locator("b").click();
  const shown = ['Event added button {"name":"tea","count":2}', "Event change input on", "Event click li.one.row Tea"];
  assert.deepEqual(await entries(page, 4), [wrong, ...shown]);
  await writeFile(file, CART.replace('["added", "change input", "click li", "click li["]', '["click input"]'));
  await page.waitForFunction(() => document.getElementById("parameters").textContent.includes("click input"));
  await preview.locator("b").click();
  await preview.getByRole("button").click();
  await preview.getByRole("checkbox").uncheck();
  assert.deepEqual((await entries(page, 5)).slice(4), ["Event click input off"]);
  assert.deepEqual(faults, []);
});

test("a preview that is opened on its own has its routes, too", async (t) => {
  const { url } = await start(t, "routed");
  const { page } = await open(browser, new URL("contacts/routed/preview.html", url).href);
  await page.locator("#form button").click();
  await page.locator("#shown", { hasText: "saved Bob" }).waitFor();
  assert.match(page.url(), /contacts\/routed\/preview\.html$/);
});

test("a static build says that routes need a server", async (t) => {
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, FILES)));
  const { page, faults } = await open(browser, `${url}contacts/routed/index.html`);
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.getByRole("tabpanel", { name: "Actions" }).getByText("only while storytime serve runs").waitFor();
  assert.deepEqual(await violations(page), []);
  await page.goto(`${url}contacts/plain/index.html`);
  await page.getByRole("tab", { name: "HTML" }).waitFor();
  assert.equal(await page.getByRole("tab", { name: "Actions" }).count(), 0);
  assert.deepEqual(faults, []);
});
