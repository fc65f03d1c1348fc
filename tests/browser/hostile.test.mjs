// Addresses that an attacker has written: their values are never code, and the page works whatever they are.
import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { browser, build, LONG, open, serve, servedShop, serveFiles, shop, temporary } from "./support.mjs";

const SITE = `
from datetime import date, datetime, time
from typing import Literal

from storytime import Global, Site, Story, Subject


def All(
    *, text: str, number: int, flag: bool, one: Literal["a", "b"], round: str, several: list, ticked: list, far: int,
    data: dict, colour: str, day: date, moment: datetime, hour: time, maybe: str | None,
) -> str:
    return "<p>Here</p>"


def this_site() -> Site:
    options = ["a", "b"]
    arg_types = {
        "round": {"control": "inline-radio", "options": options},
        "several": {"control": "multi-select", "options": options},
        "ticked": {"control": "check", "options": options},
        "far": {"control": "range", "min": 0, "max": 9},
        "colour": {"control": "color"},
    }
    props = {
        "text": "x", "number": 1, "flag": True, "one": "a", "round": "a", "several": ["a"], "ticked": ["a"], "far": 1,
        "data": {"a": 1}, "colour": "#aabbcc", "day": date(2026, 1, 1), "moment": datetime(2026, 1, 1), "hour": time(1),
        "maybe": None,
    }
    every = Subject(title="All", target=All, arg_types=arg_types, items=[Story(title="First", props=props)])
    globals = [Global("theme", ["light", "dark"], attribute="data-theme")]
    return Site(title="Shop", globals=globals, items={"all": every})
`;

const NAMES = "text number flag one round several ticked far data colour day moment hour maybe".split(" ");

const MARKUP = `"><img src=x onerror="window.hacked=1"><script>window.hacked=1</script>`;
const VALUES = [
  "constructor",
  "__proto__",
  "!json(5)",
  '!json({"__proto__":{"hacked":1},"length":1e9})',
  "!json([[[[",
  "%",
  "!date(99999-99-99)",
  "javascript:window.hacked=1",
  MARKUP,
  `!json("${MARKUP.replaceAll('"', '\\"')}")`,
  "\u0000\ud800\u202e",
  ...(LONG ? ["toString", "!json(null)", "!json(%)", "!hex(zz)", "!undefined", "!true"] : []),
];

async function story() {
  const url = await servedShop("hostile", { "__init__.py": "", "stories.py": SITE });
  return new URL("all/first/index.html", url);
}

/** The faults other than the server's refusals, which are expected for such values. */
const wrong = (faults) => faults.filter((fault) => !/^422 |status of 422/.test(fault));

const isWhole = (page) =>
  page.evaluate(
    () => window.hacked === undefined && {}.hacked === undefined && Object.keys(Object.prototype).length === 0,
  );

test("controls work whatever values an address has", async () => {
  const address = await story();
  const { page, faults } = await open(browser, "about:blank");
  for (const value of VALUES) {
    address.search = "";
    address.searchParams.set("args", NAMES.map((name) => `${name}:${value.replaceAll(";", "")}`).join(";"));
    await page.goto(address.href);
    await page.locator("#props .control").first().waitFor();
    await page.locator("#actions").waitFor({ state: "attached" });
    assert.deepEqual(wrong(faults), [], value);
    assert.ok(await isWhole(page), value);
  }
  await page.getByRole("button", { name: "Reset" }).click();
  await page.frameLocator("#preview").getByText("Here").waitFor();
  assert.deepEqual(wrong(faults), []);
});

test("pages work whatever arguments, globals, search and fragment an address has", async () => {
  const address = await story();
  const { page, faults } = await open(browser, "about:blank");
  for (const text of [
    ...VALUES,
    `${MARKUP}:${MARKUP}`,
    "__proto__:hacked;constructor.prototype.hacked:1",
    "a[0][1]:2",
  ]) {
    address.search = "";
    for (const name of ["args", "globals", "q", "as", "id"]) address.searchParams.set(name, text);
    address.hash = text;
    await page.goto(address.href);
    await page.locator("#actions").waitFor({ state: "attached" });
    assert.deepEqual(wrong(faults), [], text);
    assert.ok(await isWhole(page), text);
  }
});

const NAMED = `
from storytime import Site, Story, Subject

EVIL = ${JSON.stringify(MARKUP)}


def shown(**props: object) -> str:
    return "<form action='/x'><input name='" + "a" * 9 + "'><button>Send</button></form>"


def fails(story: str) -> None:
    raise AssertionError(EVIL)


shown.__name__ = fails.__name__ = EVIL


def this_site() -> Site:
    parameters = {"viewports": {EVIL: [100, 100]}, "backgrounds": {EVIL: EVIL}, "viewport": EVIL}
    arg_types = {EVIL: {"control": "select", "options": [EVIL, "b"]}, "kind": {"control": "check", "options": [EVIL]}}
    stories = [
        Story(id=name, title=EVIL, tags=[EVIL], props={EVIL: EVIL, "kind": [EVIL]}, assertions=[fails])
        for name in ("first", "second")
    ]
    evil = Subject(title=EVIL, target=shown, arg_types=arg_types, items=stories)
    return Site(title=EVIL, parameters=parameters, items={"evil": evil})
`;

test("titles, tags, options and messages stay text in everything that scripts make", async (t) => {
  const root = await shop(t, { "__init__.py": "", "stories.py": NAMED });
  const served = (await serve(t, root)).url;
  const built = await serveFiles(t, await build(await temporary(t), root));
  for (const url of [served, built]) {
    const { page, faults } = await open(browser, new URL("evil/first/index.html", url).href);
    await page.getByRole("tab", { name: "Accessibility" }).click();
    await page.locator("#accessibility [role=status], #accessibility p").first().waitFor();
    for (const name of ["Assertions", "HTML", "Python", "Props"]) await page.getByRole("tab", { name }).click();
    await page.keyboard.press("?");
    await page.locator("dialog#keys").waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Search stories").fill("img");
    await page.locator("#tree .results a").first().waitFor();
    assert.ok(await isWhole(page), url);
    for (const path of ["evil/index.html", "index.html", "404.html"]) {
      await page.goto(new URL(path, url).href);
      await page.locator("h1").first().waitFor();
      assert.ok(await isWhole(page), url + path);
    }
    assert.deepEqual(faults, []);
  }
});

const TRUSTING = `
from storytime import Site, Story, Subject
from tdom import Markup


def notice(*, text: str) -> Markup:
    return Markup(text)


def this_site() -> Site:
    return Site(title="Shop", items={"all": Subject(title="All", target=notice, items=[
        Story(title="First", props={"text": "Here"})])})
`;

test("a link on another site runs no script in a component that trusts its values, unless the user agrees", async (t) => {
  const { url } = await serve(t, await shop(t, { "__init__.py": "", "stories.py": TRUSTING }));
  const directory = await temporary(t);
  const story = new URL("all/first/index.html", url);
  story.searchParams.set("args", "text:<img src=x onerror='parent.hacked=1'>");
  const plain = new URL("all/first/index.html?args=text:Hello", url);
  await writeFile(
    join(directory, "links.html"),
    `<a href="${story.href.replaceAll('"', "%22")}">markup</a> <a href="${plain.href}">text</a>`,
  );
  const elsewhere = `${await serveFiles(t, directory)}links.html`;
  const { page } = await open(browser, elsewhere);
  await page.getByRole("link", { name: "text" }).click();
  await page.frameLocator("#preview").getByText("Hello").waitFor();
  await page.goto(elsewhere);
  await page.getByRole("link", { name: "markup" }).click();
  await page.getByRole("heading", { name: "A link on another site sets values" }).waitFor();
  await page.getByText("text:<img src=x").waitFor();
  await page.reload();
  await page.getByRole("link", { name: "Open it without them" }).click();
  await page.frameLocator("#preview").getByText("Here").waitFor();
  assert.ok(await isWhole(page));
  await page.goBack();
  await page.getByRole("link", { name: "Open it with these values" }).click();
  await page.waitForFunction(() => window.hacked === 1);
});
