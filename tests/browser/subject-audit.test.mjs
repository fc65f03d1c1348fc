// The check of all stories of a subject with axe-core, on the subject's page.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { browser, build, open, picture, serve, serveFiles, shop, temporary, violations } from "./support.mjs";

const PAGE = "picture/index.html";

const STORIES = `from storytime import Story, Subject


def Picture(*, alt: str = "", label: str = "Buy") -> str:
    if label == "raise":
        raise ValueError("on purpose")
    return f'<main lang="en"><img src="data:," {alt}><button>{label}</button></main>'


def this_subject() -> Subject:
    off = {"a11y": {"config": {"rules": [{"id": "image-alt", "enabled": False}]}}}
    return Subject(
        title="Picture",
        target=Picture,
        items=[
            Story(title="Both", props={"label": ""}),
            Story(title="Good", props={"alt": "alt=Hills"}),
            Story(title="Excused", parameters=off),
            Story(title="Off", parameters={"a11y": {"disable": True}}),
            Story(title="Broken", props={"label": "raise"}),
        ],
    )
`;

const FILES = { "picture/stories.py": STORIES };

const button = (page) => page.getByRole("button", { name: "Check accessibility of all stories" });
const results = (page) => page.locator(".audit ol > li");
const says = (page, text) => page.locator(".audit [role=status]", { hasText: text }).waitFor();

/** The first line of each result. */
async function lines(page) {
  const texts = await results(page).allInnerTexts();
  return texts.map((text) => text.split("\n")[0].trim());
}

const FOUND = [
  "Both 2 failing",
  "Good no violations",
  "Excused no violations",
  "Off not checked: the parameter a11y turns it off",
  "Broken not checked: the story has an error",
];

test("the check lists the faults of each story in a static build, and loads nothing before", async (t) => {
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, FILES)));
  const { page, faults } = await open(browser, "about:blank", { viewport: { width: 1440, height: 900 } });
  const asked = [];
  page.on("request", (request) => asked.push(new URL(request.url()).pathname));
  await page.goto(url + PAGE, { waitUntil: "load" });
  assert.ok(!asked.some((path) => path.endsWith("/axe.js")), "axe-core is loaded only when it is used");
  await button(page).focus();
  await page.keyboard.press("Enter");
  await says(page, "2 violations, in 1 of 3 stories; 2 not checked.");
  assert.deepEqual(await lines(page), FOUND);
  const rules = results(page).first().locator("ul li");
  assert.deepEqual(await rules.locator("code").allInnerTexts(), ["button-name", "image-alt"]);
  assert.deepEqual(await rules.locator(".badge").allInnerTexts(), ["critical", "critical"]);
  assert.match(await rules.first().getByRole("link").getAttribute("href"), /^https:\/\/dequeuniversity\.com\//);
  assert.equal(await page.locator("iframe.unseen").count(), 0);
  assert.equal(await button(page).evaluate((node) => node === document.activeElement), true);
  await picture(page, "subject-audit");
  assert.deepEqual(
    (await violations(page)).filter((one) => !/button-name|image-alt/.test(one)),
    [],
  );
  await results(page).first().getByRole("link", { name: "Both" }).click();
  await page.getByRole("tab", { name: "Accessibility 2 failing", selected: true }).waitFor();
  assert.deepEqual(faults, []);
});

test("the check is stopped with its button", async (t) => {
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, FILES)));
  const { page } = await open(browser, url + PAGE, { own: true });
  let release;
  const held = new Promise((done) => (release = done));
  await page.route("**/both/index.html", async (route) => {
    await held;
    await route.continue();
  });
  await button(page).click();
  await says(page, "Checking 5 stories …");
  await page.getByRole("progressbar", { name: "Stories checked" }).waitFor();
  await page.getByRole("button", { name: "Stop" }).click();
  release();
  await says(page, "2 violations, in 1 of 1 story; 4 not checked.");
  await button(page).waitFor();
});

test("a story that can't be checked is listed, and the others are checked", async (t) => {
  const leaving = `'<script>onload = () => { location = "../../about.html" }</script>'`;
  const unknown = '{"a11y": {"options": {"rules": {"nope": {"enabled": True}}}}}';
  const text = STORIES.replace("items=[", `items=[Story(title="Leaving", props={"label": ${leaving}}),`).replace(
    'Story(title="Good",',
    `Story(title="Unknown", parameters=${unknown}), Story(title="Good",`,
  );
  const files = { "picture/stories.py": text };
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, files)));
  const { page } = await open(browser, url + PAGE, { own: true });
  await page.route("**/axe.js", () => {}, { times: 1 }); // the first story leaves before it has axe-core
  await button(page).click();
  await says(page, "2 violations, in 1 of 3 stories; 4 not checked.");
  const [both, ...others] = FOUND;
  assert.deepEqual(await lines(page), [
    "Leaving not checked: the story loads another page",
    both,
    "Unknown not checked: unknown rule `nope` in options.rules",
    ...others,
  ]);
});

test("the check is stopped at once by pressing its button twice, whatever the story does", async (t) => {
  const url = await serveFiles(t, await build(await temporary(t), await shop(t, FILES)));
  const { page } = await open(browser, url + PAGE, { own: true });
  await page.route("**/both/preview.html", () => {}); // it never loads
  await button(page).click();
  await page.getByRole("button", { name: "Stop" }).click();
  await page.getByRole("button", { name: "Stop now" }).click();
  await says(page, "No violations in 0 stories; 5 not checked.");
  await button(page).waitFor();
  assert.equal(await page.locator("iframe.unseen").count(), 0);
});

test("a save of the stories marks the results as outdated, when serving", async (t) => {
  const root = await shop(t, FILES);
  const { url } = await serve(t, root);
  const { page, faults } = await open(browser, url + PAGE);
  await page.locator('#live-sign[data-state="connected"]').waitFor();
  await button(page).click();
  await says(page, "2 violations");
  const file = join(root, "picture/stories.py");
  await page.evaluate(() => {
    window.told = new Promise((done) =>
      document.addEventListener("storytime:updated", ({ detail }) => {
        if (detail.pages.includes("picture/both/index.html")) done();
      }),
    );
  });
  await writeFile(file, (await readFile(file, "utf8")).replace('"label": ""', '"alt": "alt=Hills"'));
  await page.evaluate(() => window.told); // a build is told in two parts, and each discards results
  await says(page, "The stories have changed. Run the check again.");
  assert.equal(await results(page).count(), 0);
  await button(page).click();
  await says(page, "No violations in 3 stories; 2 not checked.");
  assert.deepEqual(faults, []);
});

test("the page says why it can't check pages that are opened as files", async (t) => {
  const out = await build(await temporary(t), await shop(t, FILES));
  const { page, faults } = await open(browser, pathToFileURL(join(out, PAGE)).href);
  await button(page).click();
  await says(page, "To check these stories, run storytime serve");
  assert.deepEqual(faults, []);
});
