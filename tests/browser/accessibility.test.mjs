// The panel "Accessibility": what axe-core finds in the preview.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, build, open, picture, serve, serveFiles, shop, temporary, violations } from "./support.mjs";

const STORY = "picture/first/index.html";

const STORIES = `from storytime import Story, Subject


def Picture(*, text: str) -> str:
    return f'<main lang="en"><img src="data:," {text}><button></button></main>'


def this_subject() -> Subject:
    return Subject(title="Picture", target=Picture, items=[Story(title="First", props={"text": ""})])
`;

/** A package with one story, by default of an image without alternative text and a button without a name. */
const pictures = (t, stories = STORIES) => shop(t, { "picture/stories.py": stories });

async function built(t, stories) {
  const out = await build(await temporary(t), await pictures(t, stories));
  return { out, url: await serveFiles(t, out) };
}

const tab = (page) => page.getByRole("tab", { name: "Accessibility" });
const panel = (page) => page.getByRole("tabpanel", { name: "Accessibility" });
const rules = (page) => panel(page).locator("details > p > code").allInnerTexts();

test("the panel shows rules, impacts and elements, and marks elements in the preview", async (t) => {
  const { url } = await built(t);
  const { page, faults } = await open(browser, "about:blank", { viewport: { width: 1440, height: 900 } });
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(url + STORY, { waitUntil: "load" });
  assert.ok(!asked.some((path) => path.endsWith("/axe.js")), "axe-core is loaded only when the panel is opened");
  await tab(page).click();
  await page.getByRole("tab", { name: "Accessibility 2 failing" }).waitFor();
  assert.deepEqual(await rules(page), ["button-name", "image-alt"]);
  assert.deepEqual(await panel(page).locator("summary .badge").allInnerTexts(), ["critical", "critical"]);
  assert.match(await panel(page).getByRole("link").first().getAttribute("href"), /^https:\/\/dequeuniversity\.com\//);
  await panel(page).getByRole("button", { name: "<button>" }).hover();
  const [mark, node] = [
    await page.locator(".overlay .mark").boundingBox(),
    await page.frameLocator("#preview").locator("button").boundingBox(),
  ];
  for (const side of ["x", "y", "width", "height"]) assert.ok(Math.abs(mark[side] - node[side]) < 1, side);
  await picture(page, "accessibility");
  await page.getByRole("tab", { name: "Props" }).click();
  assert.equal(await page.locator(".overlay .mark").count(), 0);
  await tab(page).click();
  assert.deepEqual(await violations(page).then((all) => all.filter((one) => !/button-name|image-alt/.test(one))), []);
  assert.deepEqual(faults, []);
});

test("the results follow saves, and the chosen panel stays", async (t) => {
  const root = await pictures(t);
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, url + STORY);
  await page.locator('#live-sign[data-state="connected"]').waitFor();
  await tab(page).click();
  await page.getByRole("tab", { name: "Accessibility 2 failing" }).waitFor();
  const file = join(root, "picture/stories.py");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("<button>", "<button>Buy"));
  await page.getByRole("tab", { name: "Accessibility 1 failing", selected: true }).waitFor();
  assert.deepEqual(await rules(page), ["image-alt"]);
  await writeFile(file, text.replace("<button>", "<button>Buy").replace('"text": ""', '"text": "alt=Hills"'));
  await page.getByRole("tab", { name: "Accessibility 0" }).waitFor();
  assert.match(await panel(page).innerText(), /No violations\. \d+ rules are passing\./);
  await page.getByRole("tab", { name: "Props" }).click();
  await writeFile(file, text);
  await page.frameLocator("#preview").locator("button", { hasText: /^$/ }).waitFor();
  await page.getByRole("tab", { name: "Accessibility", exact: true }).waitFor();
  await tab(page).click();
  await page.getByRole("tab", { name: "Accessibility 2 failing" }).waitFor();
  assert.deepEqual(faults, []);
});

test("the story can be loaded again while axe-core is still loading", async (t) => {
  const { url } = await built(t);
  const { page } = await open(browser, url + STORY, { own: true });
  let asked;
  const isAsked = new Promise((done) => (asked = done));
  await page.route("**/axe.js", asked, { times: 1 }); // without an answer
  await tab(page).click();
  await isAsked;
  await page.keyboard.press("p");
  await page.getByRole("tab", { name: "Accessibility 2 failing" }).waitFor();
});

test("parameters switch off single rules or the whole check", async (t) => {
  const one = '{"a11y": {"config": {"rules": [{"id": "button-name", "enabled": False}]}}}';
  const all = '{"a11y": {"disable": True}}';
  const more = '{"a11y": {"options": {"rules": {"region": {"enabled": True}}}}}';
  const stories = `Story(title="First", props={"text": ""}, parameters=${one}), Story(title="Off", props={"text": ""}, parameters=${all}), Story(title="More", template=lambda: "<p>Text</p>", parameters=${more})`;
  const { url } = await built(t, STORIES.replace('Story(title="First", props={"text": ""})', stories));
  const { page, faults } = await open(browser, url + STORY);
  await tab(page).click();
  await page.getByRole("tab", { name: "Accessibility 1 failing" }).waitFor();
  assert.deepEqual(await rules(page), ["image-alt"]);
  await page.goto(`${url}picture/off/index.html`);
  await panel(page).getByText("The parameter a11y turns this check off.").waitFor();
  await page.goto(`${url}picture/more/index.html`);
  await page.getByRole("tab", { name: "Accessibility 1 failing" }).waitFor();
  assert.deepEqual(await rules(page), ["region"]);
  assert.deepEqual(faults, []);
});

const THEMES = `from storytime import Global, Site, Story, Subject

STYLE = "[data-theme=dark] p { color: #777; background: #666 } b { color: #000 }"


def this_site() -> Site:
    text = Subject(
        title="Text",
        target=lambda: f"<style>{STYLE}</style><main lang=en><p>text</p><b>bold</b></main>",
        parameters={"backgrounds": {"Dark": "#333"}},
        items=[Story(title="First")],
    )
    return Site(title="Shop", globals=[Global("theme", ["light", "dark"], attribute="data-theme")], items={"text": text})
`;

test("the results follow the menus of globals and the background", async (t) => {
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, { "stories.py": THEMES })));
  const { page, faults } = await open(browser, `${url}text/first/index.html`);
  const failing = (text) => page.getByRole("tab", { name: `Accessibility ${text}` }).waitFor();
  await tab(page).click();
  await failing("0");
  await page.getByLabel("theme").selectOption("dark");
  await failing("1 failing");
  await page.getByLabel("theme").selectOption("light");
  await failing("0");
  await page.getByLabel("Background").selectOption("Dark");
  await failing("1 failing");
  assert.deepEqual(faults, []);
});

test("the panel says why it can't check pages that are opened as files", async (t) => {
  const { out } = await built(t);
  const { page, faults } = await open(browser, pathToFileURL(join(out, STORY)).href);
  await tab(page).click();
  await panel(page).getByText("To check this story, run storytime serve").waitFor();
  assert.deepEqual(faults, []);
});
