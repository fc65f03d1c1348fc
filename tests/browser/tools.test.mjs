// The tools of a story's page and their keys: sizes, backgrounds, measures, full screen, the next story.
import assert from "node:assert/strict";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import {
  browser,
  build,
  builtExample,
  example,
  leadsTo,
  open,
  picture,
  serve,
  servedExample,
  serveFiles,
  temporary,
  violations,
} from "./support.mjs";

const STORY = "content/card/with-a-picture/index.html";

/** The gallery, with other parameters for its card. */
async function gallery(t, parameters = "{}") {
  const directory = await temporary(t);
  const pkg = await example(directory, "gallery");
  const file = join(pkg, "content/card/stories.py");
  const text = await readFile(file, "utf8");
  await writeFile(file, text.replace("target=Card,", `target=Card, parameters=${parameters},`));
  return { directory, pkg };
}

async function buildWith(t, parameters) {
  const { directory, pkg } = await gallery(t, parameters);
  return build(directory, pkg);
}

async function story(t, { parameters, ...options } = {}) {
  const url = await serveFiles(t, await (parameters ? buildWith(t, parameters) : builtExample("gallery")));
  const opened = await open(browser, url + STORY, { viewport: { width: 1440, height: 900 }, ...options });
  await opened.page.frameLocator("#preview").locator(".card").waitFor();
  return { url, ...opened };
}

const sizeOf = (page) => page.locator("#preview").evaluate((frame) => [frame.offsetWidth, frame.offsetHeight]);
const menu = (page, name) => page.getByLabel(name, { exact: true });

test("parameters add sizes and backgrounds, and a device can be rotated", async (t) => {
  const parameters = `{"viewports": {"Watch": [198, 242], "Tablet": None}, "viewport": "Watch",
    "backgrounds": {"Night": "rgb(1, 2, 3)"}}`;
  const { page, faults, url } = await story(t, { parameters });
  assert.deepEqual(await menu(page, "Viewport").locator("option").allInnerTexts(), ["Full", "Phone", "Watch"]);
  assert.deepEqual(await sizeOf(page), [198, 242]);
  await page.getByRole("button", { name: "Rotate" }).click();
  assert.deepEqual(await sizeOf(page), [242, 198]);
  await menu(page, "Viewport").selectOption("Phone");
  assert.deepEqual(await sizeOf(page), [844, 390]);
  await menu(page, "Background").selectOption("Night");
  const background = () =>
    page
      .frameLocator("#preview")
      .locator("html")
      .evaluate((html) => getComputedStyle(html).backgroundColor);
  assert.equal(await background(), "rgb(1, 2, 3)");
  await page.goto(`${url}actions/button/primary/index.html`);
  await page.frameLocator("#preview").locator("button").waitFor();
  assert.deepEqual(await sizeOf(page), [844, 390], "the choice is kept for other stories");
  assert.notEqual(await background(), "rgb(1, 2, 3)", "only if the other story offers it");
  await menu(page, "Viewport").selectOption("Full");
  assert.ok(!(await page.getByRole("button", { name: "Rotate" }).isVisible()));
  assert.deepEqual(faults, []);
});

test("a save that changes the parameters changes the menus", async (t) => {
  const { pkg } = await gallery(t, '{"viewports": {"Watch": [198, 242]}, "viewport": "Watch"}');
  const { url } = await serve(t, pkg);
  const { page } = await open(browser, url + STORY);
  await page.locator('#live-sign[data-state="connected"]').waitFor();
  assert.deepEqual(await sizeOf(page), [198, 242]);
  const file = join(pkg, "content/card/stories.py");
  await writeFile(file, (await readFile(file, "utf8")).replace("[198, 242]", "[200, 250]"));
  await page.waitForFunction(() => document.getElementById("preview").offsetWidth === 200);
  assert.deepEqual(await sizeOf(page), [200, 250]);
});

test("the measure tool shows the box of what is under the pointer or has the focus", async (t) => {
  const { page, faults } = await story(t);
  await page.getByRole("button", { name: "Measure" }).click();
  const label = page.locator(".overlay p");
  const inner = page.frameLocator("#preview");
  await inner.locator(".card p").hover();
  const { width, height } = await inner.locator(".card p").evaluate((node) => node.getBoundingClientRect().toJSON());
  const shown = await label.innerText();
  assert.ok(shown.startsWith(`p ${Math.round(width * 10) / 10} × ${Math.round(height * 10) / 10}`), shown);
  assert.match(shown, /margin 5\.6 0 0/);
  const [content, node] = [
    await page.locator(".overlay .content").boundingBox(),
    await inner.locator(".card p").boundingBox(),
  ];
  for (const side of ["x", "y", "width", "height"]) assert.ok(Math.abs(content[side] - node[side]) < 1, side);
  await page.getByRole("button", { name: "Zoom in" }).click();
  await inner.locator(".card img").hover();
  const [large, image] = [
    await page.locator(".overlay .content").boundingBox(),
    await inner.locator(".card img").boundingBox(),
  ];
  for (const side of ["x", "y", "width", "height"]) assert.ok(Math.abs(large[side] - image[side]) < 1, side);
  await page.locator("#zoom").click(); // so that everything is in view
  await inner.locator("body").evaluate((body) => body.insertAdjacentHTML("beforeend", "<button id='b'>x</button>"));
  await inner.locator(".card").click();
  await page.keyboard.press("Tab");
  await page.locator(".overlay b", { hasText: "button#b" }).waitFor();
  await page.getByRole("button", { name: "Measure" }).click();
  assert.equal(await label.count(), 0);
  assert.deepEqual(faults, []);
});

describe("shortcuts", () => {
  test("use the tools, from the page and from the preview", async (t) => {
    const { page } = await story(t);
    await page.keyboard.press("o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "true");
    await page.frameLocator("#preview").locator("body").click();
    await page.keyboard.press("o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "false");
    await page.keyboard.press("v");
    assert.equal(await menu(page, "Viewport").inputValue(), "Tablet");
    await page.keyboard.press("+");
    assert.equal(await page.locator("#zoom").innerText(), "125%");
    await page.keyboard.press("0");
    assert.equal(await page.locator("#zoom").innerText(), "100%");
    await page.keyboard.press("s");
    assert.ok(!(await page.locator("#sidebar").isVisible()));
    await page.keyboard.press("a");
    assert.equal(await page.getByRole("tabpanel").count(), 0);
    await page.keyboard.press("/");
    await page.keyboard.type("o");
    assert.equal(await page.inputValue("#search"), "o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "false");
  });

  test("go to the next story, and give the preview the whole window", async (t) => {
    const { page, url } = await story(t);
    await page.keyboard.press("f");
    const fills = async () => {
      const { width, height } = await page.locator(".preview").boundingBox();
      assert.deepEqual([width, height], [1440, 900]);
      assert.ok(!(await page.locator("h1").isVisible()));
    };
    await fills();
    await page.keyboard.press("j");
    await page.waitForURL(`${url}content/card/with-an-action/index.html`);
    await page.frameLocator("#preview").locator(".card").waitFor();
    await fills();
    await page.keyboard.press("Escape");
    assert.ok(await page.locator("h1").isVisible());
    await leadsTo(page, "prev", "With a picture");
    await page.keyboard.press("j");
    await page.waitForURL((address) => !address.pathname.includes("/content/card/"));
    await leadsTo(page, "prev", "With an action");
    await page.keyboard.press("k");
    await page.waitForURL(`${url}content/card/with-an-action/index.html`);
  });

  test("are listed with ?, and can be switched off", async (t) => {
    const { page } = await story(t);
    await page.keyboard.press("?");
    const dialog = page.getByRole("dialog", { name: "Keyboard shortcuts" });
    const text = await dialog.innerText();
    for (const name of ["Sidebar", "Outline", "Measure", "Full screen", "Next story", "Zoom in", "Hide panels"])
      assert.ok(text.includes(name), name);
    await picture(page, "keys");
    assert.deepEqual(await violations(page), []);
    await page.keyboard.press("o");
    await dialog.getByLabel("Enable keyboard shortcuts").uncheck();
    await page.keyboard.press("Escape");
    assert.equal(await dialog.count(), 0);
    await page.keyboard.press("o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "false");
    await page.keyboard.press("?");
    await dialog.getByLabel("Enable keyboard shortcuts").check();
    await dialog.getByRole("button", { name: "Close" }).click();
    await page.keyboard.press("o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "true");
  });

  test("do not take keys that the story uses", async (t) => {
    const { page } = await story(t);
    await page
      .frameLocator("#preview")
      .locator("body")
      .evaluate((body) => {
        body.tabIndex = 0;
        body.addEventListener("keydown", (event) => event.preventDefault());
        body.focus();
      });
    await page.keyboard.press("o");
    assert.equal(await page.getByRole("button", { name: "Outline" }).getAttribute("aria-pressed"), "false");
  });
});

describe("the keyboard", () => {
  const focused = (page) =>
    page.evaluate(() => document.activeElement.ariaLabel ?? (document.activeElement.textContent.trim() || "none"));

  test("has one stop for the tools, and arrow keys move through them", async (t) => {
    const { page } = await story(t, { parameters: '{"viewport": "Phone"}' });
    await menu(page, "Viewport").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), "Rotate");
    assert.equal(await menu(page, "Viewport").inputValue(), "Phone", "the arrow keys do not change the menu");
    await page.keyboard.press("End");
    assert.equal(await focused(page), "Full screen");
    await page.keyboard.press("ArrowRight");
    assert.equal(await focused(page), "Viewport");
    await page.keyboard.press("ArrowRight");
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.id), "preview");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), "Rotate", "the tool that had the focus last");
    await menu(page, "Viewport").selectOption("Full");
    await page.locator("#panels-edge").focus();
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Shift+Tab");
    assert.equal(await focused(page), "Viewport", "the tool to rotate is hidden now");
    assert.deepEqual(await violations(page), []);
  });

  test("has keys for the stories, the preview and the panel", async (t) => {
    const { page } = await story(t);
    const at = (selector) => page.evaluate((one) => document.activeElement.matches(one), selector);
    await page.keyboard.press("s");
    await page.keyboard.press("1");
    assert.ok(await at('#tree [aria-current="page"]'), "in the sidebar, which is shown again");
    await page.keyboard.press("2");
    assert.ok(await at("#preview"));
    await page.keyboard.press("a");
    await page.keyboard.press("3");
    assert.ok(await at("#props"), "in the panels, which are shown again");
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.keyboard.press("3");
    assert.ok(await at("#html"));
    await page.keyboard.press("?");
    assert.match(await page.getByRole("dialog", { name: "Keyboard shortcuts" }).innerText(), /2\s+Go to the preview/);
  });

  test("reaches the first control with 3", async () => {
    const url = await servedExample("gallery");
    const { page } = await open(browser, url + STORY);
    await page.getByRole("textbox", { name: "title" }).waitFor();
    await page.keyboard.press("3");
    await page.keyboard.press("End");
    await page.keyboard.type("1");
    await page.frameLocator("#preview").getByRole("heading", { name: "Weekend walk1" }).waitFor();
  });
});

test("a menu simulates impaired vision", async (t) => {
  const { page, url } = await story(t);
  const button = page.frameLocator("#preview").locator("button").first();
  const colour = async () => {
    const { x, y } = await button.boundingBox();
    const picture = await page.screenshot({ clip: { x: x + 8, y: y + 4, width: 1, height: 1 } });
    return page.evaluate(async (data) => {
      const bitmap = await createImageBitmap(await (await fetch(`data:image/png;base64,${data}`)).blob());
      const context = new OffscreenCanvas(1, 1).getContext("2d");
      context.drawImage(bitmap, 0, 0);
      return [...context.getImageData(0, 0, 1, 1).data.slice(0, 3)];
    }, picture.toString("base64"));
  };
  await page.goto(`${url}actions/button/danger/index.html`);
  const [red, green] = await colour();
  assert.ok(red > green + 80, "the button is red");
  await menu(page, "Vision").selectOption("No red (protanopia)");
  const seen = await colour();
  assert.ok(seen[0] < red - 40, `${seen}`);
  await menu(page, "Vision").selectOption("No colours");
  await page.goto(`${url}actions/button/primary/index.html`);
  const [r, g, b] = await colour();
  assert.ok(r === g && g === b, "the choice is kept for other stories");
  await menu(page, "Vision").selectOption("Normal");
  const own = await colour();
  assert.ok(own[1] > own[0], "the button is green");
  await page.locator("h1").click();
  await page.keyboard.press("c");
  assert.equal(await menu(page, "Vision").inputValue(), "Blurred");
  assert.deepEqual(await violations(page), []);
});

test("a pressed tool looks pressed under the pointer, too", async (t) => {
  const { page } = await story(t);
  const outline = page.locator('[data-toggle="outline"]');
  const colour = () =>
    outline.evaluate((node) => {
      for (const one of node.getAnimations()) one.finish();
      return getComputedStyle(node).color;
    });
  await outline.hover();
  const hovered = await colour();
  await outline.click();
  assert.notEqual(await colour(), hovered);
});

test("a story can be reloaded, and keeps its values and globals", async () => {
  const url = await servedExample("gallery");
  const { page, faults } = await open(browser, `${url}${STORY}?globals=theme:dark`);
  await page.getByRole("textbox", { name: "title" }).fill("Long walk");
  const inner = page.frameLocator("#preview");
  await inner.getByRole("heading", { name: "Long walk" }).waitFor();
  await inner.locator("body").evaluate((body) => body.append("left behind"));
  await page.keyboard.press("Tab"); // out of the field
  await page.getByRole("button", { name: "Reload story" }).click();
  await inner.locator("body:not(:has-text('left behind'))").waitFor();
  assert.equal(await inner.getByRole("heading").innerText(), "Long walk");
  assert.equal(await inner.locator("html").getAttribute("data-theme"), "dark");
  await inner.locator("body").evaluate((body) => body.append("left again"));
  await page.keyboard.press("p");
  await inner.locator("body:not(:has-text('left again'))").waitFor();
  const [alone] = await Promise.all([page.waitForEvent("popup"), page.keyboard.press("i")]);
  await alone.getByRole("heading", { name: "Long walk" }).waitFor();
  assert.deepEqual(faults, []);
});

test("pages that are opened as files have only the tools that work there", async (t) => {
  const { directory, pkg } = await gallery(t);
  const out = await build(directory, pkg);
  const { page, faults } = await open(browser, pathToFileURL(join(out, STORY)).href);
  await page.getByRole("button", { name: "Measure" }).waitFor({ state: "hidden" });
  assert.ok(!(await menu(page, "Background").isVisible()));
  await menu(page, "Viewport").selectOption("Phone");
  assert.deepEqual(await sizeOf(page), [390, 844]);
  assert.deepEqual(faults, []);
});
