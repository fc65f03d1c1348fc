// The gallery's examples work as its tour says.
import assert from "node:assert/strict";
import { test } from "node:test";
import { browser, builtExample, control, LONG, open, servedExample, serveFiles, violations } from "./support.mjs";

const shows = (page, text) => page.frameLocator("#preview").locator("body", { hasText: text }).waitFor();
const served = () => servedExample("gallery");

test("a changed value is in the link", async () => {
  const url = await served();
  const { page, context, faults } = await open(browser, url, { permissions: ["clipboard-read", "clipboard-write"] });
  await page.getByRole("main").getByRole("link", { name: "Button" }).first().click();
  await page.getByRole("main").getByRole("link", { name: "Primary" }).first().click();
  await control(page, "label").fill("Sell");
  await shows(page, "Sell");
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.getByText("Copied").waitFor();
  const link = await page.evaluate(() => navigator.clipboard.readText());
  const other = await context.newPage();
  await other.goto(link);
  await shows(other, "Sell");
  assert.equal(await control(other, "label").inputValue(), "Sell");
  assert.deepEqual(faults, []);
});

test("there is a component for each kind of control", async () => {
  const url = await served();
  const { page, faults } = await open(browser, url);
  const change = async (story, edit, text) => {
    await page.goto(`${url}${story}/index.html`);
    await edit();
    await shows(page, text);
    if (LONG) assert.deepEqual(await violations(page), [], story);
  };
  const attribute = (css, name, value) => page.frameLocator("#preview").locator(`${css}[${name}="${value}"]`).waitFor();
  await change("actions/button/primary", () => control(page, "kind").getByLabel("danger").check(), "Save changes");
  await page.frameLocator("#preview").locator(".button-danger").waitFor();
  await change("forms/date_field/empty", () => control(page, "value").fill("2026-02-03"), "Arrival");
  await attribute("input", "value", "2026-02-03");
  assert.equal(await control(page, "name").count(), 0);
  await change("data/stat/good-news", () => control(page, "trend").getByLabel("DOWN").check(), "↘");
  await change("data/price/plain", () => control(page, "amount").fill("7.5"), "€7.50");
  await change("data/opening_hours/weekend", () => control(page, "opens").fill("08:15"), "08:15");
  await control(page, "days").getByRole("checkbox", { name: "Sunday" }).uncheck();
  await shows(page, /Sunday\s*closed/);
  await change("content/banner/plain", () => control(page, "action").fill('{"text": "Go", "address": "#"}'), "Go");
  await change("content/label/dark", () => page.getByLabel("Choose colour").fill("#ffffff"), "Documentation");
  await page.frameLocator("#preview").locator('.badge[style*="#000"]').waitFor();
  await change("data/progress/begun", () => control(page, "done").fill("60"), "60 of 100");
  assert.equal(await control(page, "done").getAttribute("type"), "range");
  await change("data/item_list/three-things", () => control(page, "items").fill('["Jam"]'), "Jam");
  assert.deepEqual(faults, []);
});

test("globals set an attribute, or are read from the context", async () => {
  const { page, faults } = await open(browser, `${await served()}data/price/plain/index.html`);
  await shows(page, "€1,299.90");
  await page.getByRole("button", { name: "Globals" }).click(); // the toolbar has no room for three menus
  await page.getByLabel("locale").selectOption("de");
  await shows(page, "1.299,90 €");
  const colour = () =>
    page
      .frameLocator("#preview")
      .locator("b")
      .evaluate((node) => getComputedStyle(node).color);
  const light = await colour();
  await page.getByLabel("theme").selectOption("dark");
  await page.frameLocator("#preview").locator("html[data-theme=dark]").waitFor();
  assert.notEqual(await colour(), light);
  assert.deepEqual(faults, []);
});

test("parameters add sizes and backgrounds, and switch a rule of accessibility off", async () => {
  const url = await served();
  const { page, faults } = await open(browser, `${url}content/banner/plain/index.html`);
  assert.ok((await page.locator('[data-menu="viewport"] option').allTextContents()).some((text) => /Watch/.test(text)));
  await page.getByRole("tab", { name: "Accessibility" }).click();
  await page.getByRole("tab", { name: "Accessibility 0" }).waitFor();
  assert.equal(await page.locator("#accessibility code", { hasText: "color-contrast" }).count(), 0);
  await page.goto(`${url}content/label/at-night/index.html`);
  assert.equal(await page.locator('[data-menu="background"]').inputValue(), "Night");
  assert.deepEqual(faults, []);
});

test("a route answers the search box, another one fails", async () => {
  const url = await served();
  const { page } = await open(browser, `${url}forms/search_box/empty/index.html`);
  const field = page.frameLocator("#preview").getByRole("searchbox", { name: "Teas" });
  await field.pressSequentially("ro");
  await shows(page, "Rooibos");
  await field.press("Enter");
  await page.getByRole("tab", { name: "Actions" }).click();
  await page.locator("#actions li", { hasText: "Request GET /teas?q=ro 200, by a route" }).first().waitFor();
  await page.goto(`${url}forms/search_box/server-in-trouble/index.html`);
  await field.fill("ro");
  await shows(page, "The search does not answer.");
  await page.locator("#actions li", { hasText: "500" }).first().waitFor();
});

test("without a server the search box says that it finds nothing", async (t) => {
  const url = await serveFiles(t, await builtExample("gallery"));
  const { page } = await open(browser, `${url}forms/search_box/empty/index.html`);
  await page.frameLocator("#preview").getByRole("searchbox", { name: "Teas" }).fill("ro");
  await shows(page, "The search does not answer.");
});
