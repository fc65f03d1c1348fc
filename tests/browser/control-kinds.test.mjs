// A control for each type of value, its switches, the history, and the story as code.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, control, open, picture, servedShop, violations } from "./support.mjs";

const STORY = "controls/card/first/index.html";

const COMPONENT = `
from dataclasses import dataclass
from datetime import date, datetime, time
from enum import Enum
from string.templatelib import Template
from typing import Literal


class Kind(Enum):
    QUIET = 1
    LOUD = 2


class Size(Enum):
    XS, S, M, L, XL, XXL = range(6)


@dataclass
class Link:
    href: str
    text: str = "more"


def Card(
    *,
    label: str,
    kind: Kind = Kind.QUIET,
    size: Size = Size.M,
    shape: Literal["round", "square"] = "round",
    accent_color: str = "#ff0000",
    day: date = date(2026, 1, 31),
    at: datetime | None = None,
    hour: time = time(9, 30),
    link: Link | None = None,
    tags: list[str] = [],
    kinds: list[Kind] = [],
    level: int = 5,
    note: str | None = None,
    icon: object = None,
    mark: Literal["1", "2", "3", "4", "5", ""] = "1",
) -> Template:
    if label == "raise":
        raise RuntimeError("on purpose")
    values = [label, kind, size, shape, accent_color, day, at, hour, link, tags, kinds, level, note]
    return t"<p data-mark={mark}>{' / '.join(map(str, values))}</p>"
`;

const STORIES = `
from storytime import Story, Subject
from shop.controls.card.card import Card, Kind


def this_subject() -> Subject:
    arg_types = {
        "label": {"description": "What the card says."},
        "level": {"control": {"type": "range", "min": 1, "max": 9}},
    }
    story = Story(title="First", props={"label": "Hi", "kind": Kind.QUIET})
    return Subject(title="Card", target=Card, arg_types=arg_types, items=[story])
`;

const FILES = {
  "__init__.py": "",
  "controls/__init__.py": "",
  "controls/card/__init__.py": "",
  "controls/card/card.py": COMPONENT,
  "controls/card/stories.py": STORIES,
};

const shows = (page, text) => page.frameLocator("#preview").locator("p", { hasText: text }).waitFor();
const argsOf = (page) => new URL(page.url()).searchParams.get("args");

/** The served story, opened. */
async function start(options) {
  const url = await servedShop("control-kinds", FILES);
  const opened = await open(browser, new URL(STORY, url).href, options);
  await control(opened.page, "label").waitFor();
  return { url, ...opened };
}

test("each type has its control, and the component gets values of that type", async () => {
  const { page, faults } = await start();
  await control(page, "kind").getByLabel("LOUD").check();
  await shows(page, "Hi / Kind.LOUD / Size.M");
  await control(page, "size").selectOption("XL");
  await shows(page, "Size.XL / round");
  await control(page, "shape").getByLabel("square").check();
  await shows(page, "square / #ff0000");
  await control(page, "accent_color").fill("#00ff00");
  await shows(page, "#00ff00 / 2026-01-31");
  await page.getByLabel("Choose accent_color").fill("#0000ff");
  await shows(page, "#0000ff / 2026-01-31");
  await control(page, "day").fill("2026-02-03");
  await shows(page, "2026-02-03 / None");
  await control(page, "at").fill("2026-02-03T04:05:06");
  await shows(page, "2026-02-03 04:05:06 / 09:30:00");
  await control(page, "hour").fill("10:20:30");
  await shows(page, "10:20:30 / None");
  await control(page, "link").fill('{"href": "/a;b"}');
  await shows(page, "Link(href='/a;b', text='more') / []");
  await control(page, "tags").fill('["x", "y"]');
  await shows(page, "['x', 'y'] / []");
  await control(page, "kinds").getByLabel("QUIET").check();
  await shows(page, "[<Kind.QUIET: 1>] / 5");
  await control(page, "level").fill("9");
  await shows(page, "/ 9 / None");
  await control(page, "note").fill("text");
  await shows(page, "9 / text");
  assert.equal(await control(page, "icon").count(), 0);
  await picture(page, "control-kinds");
  assert.deepEqual(await violations(page), []);
  const other = await open(browser, page.url());
  await shows(other.page, "Hi / Kind.LOUD / Size.XL / square / #0000ff / 2026-02-03 / 2026-02-03 04:05:06 / 10:20:30");
  assert.equal(await control(other.page, "tags").inputValue(), '[\n "x",\n "y"\n]');
  assert.equal(await control(other.page, "kinds").getByLabel("QUIET").isChecked(), true);
  assert.deepEqual([...faults, ...other.faults], []);
  await control(page, "note").press("Enter");
  await control(page, "note").pressSequentially("more");
  await shows(page, "text more");
});

test("None, the default and the story's own value can be chosen, with the keyboard, too", async () => {
  const { page } = await start();
  await control(page, "note").fill("text");
  await shows(page, "5 / text");
  const none = page.getByRole("button", { name: "note: None" });
  await none.focus();
  await page.keyboard.press("Enter");
  await shows(page, "5 / None");
  assert.equal(await none.getAttribute("aria-pressed"), "true");
  await control(page, "kind").getByLabel("LOUD").check();
  await shows(page, "Kind.LOUD");
  await page.getByRole("button", { name: "kind: Default" }).click();
  assert.ok(await control(page, "kind").evaluate((group) => group.contains(document.activeElement)));
  await shows(page, "Hi / Kind.QUIET");
  assert.match(argsOf(page), /kind:!undefined/);
  await page.getByRole("button", { name: "kind: Undo" }).click();
  await page.waitForURL((url) => url.searchParams.get("args") === "note:!null");
  assert.equal(await control(page, "kind").getByLabel("QUIET").isChecked(), true);
});

test("an empty text can be chosen", async () => {
  const { page } = await start();
  await control(page, "mark").selectOption('""');
  await page.frameLocator("#preview").locator('p[data-mark=""]').waitFor();
  await page.waitForURL((url) => url.searchParams.get("args") === "mark:");
  await page.reload();
  await page.frameLocator("#preview").locator('p[data-mark=""]').waitFor();
  assert.equal(await control(page, "mark").locator(":checked").innerText(), '""');
});

test("each control has a label, its description and its error for screen readers", async () => {
  const { page } = await start();
  const about = (await control(page, "label").getAttribute("aria-describedby")).split(" ");
  assert.equal(await page.locator(`#${about[0]}`).innerText(), "What the card says.");
  await control(page, "tags").fill('["x"');
  await page.locator("#props .refused", { hasText: "Invalid JSON" }).waitFor();
  assert.equal(await control(page, "tags").getAttribute("aria-invalid"), "true");
  assert.equal(argsOf(page), null);
  await control(page, "label").fill("You");
  await shows(page, "You / Kind.QUIET");
  assert.ok(await page.locator("#props .refused", { hasText: "Invalid JSON" }).isVisible(), "the error stays");
  await control(page, "tags").fill("[1]");
  await page.locator("#props .refused", { hasText: "[0]: 1 is not a valid str" }).waitFor();
  await shows(page, "You / Kind.QUIET");
});

test("a completed change is one entry of the history", async () => {
  const { page } = await start();
  await control(page, "label").pressSequentially(" you");
  await shows(page, "Hi you /");
  await control(page, "shape").getByLabel("square").check();
  await shows(page, "square");
  await page.getByRole("button", { name: "Reset" }).click();
  await shows(page, "Hi / Kind.QUIET / Size.M / round");
  await page.goBack();
  await shows(page, "Hi you / Kind.QUIET / Size.M / square");
  assert.equal(await control(page, "label").inputValue(), "Hi you");
  await page.goBack();
  await shows(page, "Hi you / Kind.QUIET / Size.M / round");
  await page.goBack();
  await shows(page, "Hi / Kind.QUIET / Size.M / round");
  assert.equal(argsOf(page), null);
  assert.equal(await page.getByRole("button", { name: "Reset" }).isVisible(), false);
  await page.goForward();
  await shows(page, "Hi you / Kind.QUIET / Size.M / round");
  await page.reload();
  await shows(page, "Hi you / Kind.QUIET / Size.M / round");
});

test("an exception is shown in the preview, and the controls keep working", async () => {
  const { page } = await start();
  await control(page, "label").fill("raise");
  await page.frameLocator("#preview").getByText("on purpose").first().waitFor();
  await control(page, "label").fill("well");
  await shows(page, "well / Kind.QUIET");
});

test("the story can be copied as Python", async () => {
  const { page } = await start({ permissions: ["clipboard-read", "clipboard-write"] });
  await control(page, "kind").getByLabel("LOUD").check();
  await control(page, "link").fill('{"href": "/"}');
  await shows(page, "Link(href='/', text='more')");
  await page.getByRole("button", { name: "Copy as Python" }).click();
  await page.getByRole("button", { name: "Copied" }).waitFor();
  assert.equal(
    await page.evaluate(() => navigator.clipboard.readText()),
    "from shop.controls.card.card import Link\n\n" +
      "Story(\n    title='First',\n    props={'label': 'Hi', 'kind': Kind.LOUD, 'link': Link(href='/', text='more')},\n)\n",
  );
});

test("the panel HTML follows the values", async () => {
  const { page } = await start();
  await page.getByRole("tab", { name: "HTML" }).click();
  await page.locator("#html", { hasText: "Hi / Kind.QUIET" }).waitFor();
  await page.getByRole("tab", { name: "Props" }).click();
  await control(page, "label").fill("Other");
  await shows(page, "Other / Kind.QUIET");
  await page.getByRole("tab", { name: "HTML" }).click();
  await page.locator("#html", { hasText: "Other / Kind.QUIET" }).waitFor();
  await page.goBack();
  await page.locator("#html", { hasText: "Hi / Kind.QUIET" }).waitFor();
});
