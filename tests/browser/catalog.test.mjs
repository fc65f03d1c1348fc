// A built catalog in a browser: every kind of page, from a server at any path and from the disk.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import {
  browser,
  build,
  example,
  LONG,
  open,
  PROGRAM,
  serveFiles,
  temporary,
  troubled,
  builtExample,
} from "./support.mjs";

/** The page of the first story that has no errors. */
async function firstStory(out) {
  const { entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
  const [entry] = Object.values(entries).filter(({ name, type }) => type === "story" && name !== "It raises");
  return {
    entry,
    path: `${entry.importPath.slice(2).replace(/stories\.py$/, "")}${entry.id.split("--")[1]}/`,
  };
}

async function htmlFiles(out) {
  const files = await readdir(out, { recursive: true });
  return files.filter((file) => file.endsWith(".html")).sort();
}

describe("a built catalog", () => {
  test("sends no requests to other servers", async (t) => {
    const out = await troubled();
    const url = await serveFiles(t, out);
    const { page } = await open(browser, "about:blank");
    const asked = new Set();
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    const { path } = await firstStory(out);
    for (const file of ["", "about.html", "debug.html", path]) await page.goto(url + file, { waitUntil: "load" });
    asked.delete("null"); // data: URLs
    assert.deepEqual([...asked], [new URL(url).origin]);
  });

  for (const name of ["troubled", "complete", "inheritance", "minimal", "templates", "themed"]) {
    test(`is valid HTML: ${name}`, async () => {
      const out = name === "troubled" ? await troubled() : await builtExample(name);
      const validator = new HtmlValidate({
        extends: ["html-validate:standard"],
        rules: {
          "long-title": "off",
          "require-sri": "off",
          "no-raw-characters": "off",
        },
      });
      const files = await htmlFiles(out);
      assert.ok(files.length > 4);
      for (const file of files) {
        const report = await validator.validateFile(join(out, file));
        const messages = report.results.flatMap(({ messages }) => messages).filter(({ severity }) => severity === 2);
        assert.deepEqual(
          messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
          [],
          file,
        );
      }
    });
  }

  test("has an index.json that Storybook's tools can read", async () => {
    const out = await troubled();
    const { v, entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
    assert.equal(v, 5);
    assert.ok(entries["actions-raising--it-raises"], "a story that raises is a story");
    const kebab = (text) =>
      text
        .toLowerCase()
        .replace(/[^a-z0-9]+/g, "-")
        .replace(/^-|-$/g, "");
    for (const [id, entry] of Object.entries(entries).filter(([, { type }]) => type !== "docs")) {
      assert.equal(entry.id, id);
      assert.equal(entry.type, "story");
      assert.ok(entry.name && entry.title && Array.isArray(entry.tags));
      assert.equal(id, `${kebab(dirname(entry.importPath))}--${kebab(entry.name)}`);
      const directory = join(out, dirname(entry.importPath), id.split("--")[1]);
      assert.match(await readFile(join(directory, "preview.html"), "utf8"), /^<!doctype html>/i);
    }
  });

  test("works when opened as files, with its static files", async () => {
    const out = await troubled();
    const { page, faults } = await open(browser, pathToFileURL(join(out, "index.html")).href);
    await page.fill("#search", "With a picture");
    await page.locator("#tree .results a").first().click();
    const picture = page.frameLocator("#preview").locator("img");
    await picture.waitFor();
    assert.ok(await picture.evaluate((img) => img.decode().then(() => img.naturalWidth > 0)));
    const shadow = await page
      .frameLocator("#preview")
      .locator(".card")
      .evaluate((card) => getComputedStyle(card).boxShadow);
    assert.notEqual(shadow, "none", "the stylesheet of the layout is there");
    await page.getByRole("tab", { name: "HTML" }).click();
    assert.match(await page.locator("#html pre").innerText(), /<article class="card">/);
    await page.locator("#toggle-theme").click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.locator(".crumbs a").first().click();
    await page.waitForURL(/\/index\.html/);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    assert.deepEqual(faults, []);
  });

  test("finds static directories when opened as files, and below a path of a server", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "minimal");
    const assets = join(directory, "assets");
    await mkdir(join(assets, "img"), { recursive: true });
    const svg = '<svg xmlns="http://www.w3.org/2000/svg" width="33" height="5"/>';
    await writeFile(join(assets, "img/a.svg"), svg);
    await writeFile(join(assets, "app.css"), '@import "/assets/more.css"; b { color: rgb(4, 5, 6) }');
    await writeFile(join(assets, "more.css"), "b { background: rgb(7, 8, 9) url(/assets/img/a.svg) }");
    await writeFile(
      join(pkg, "greeting/greeting.py"),
      'def Greeting(*, name: str) -> str:\n    return f"<link rel=stylesheet href=/assets/app.css><b>{name}</b><img src=/assets/img/a.svg>"\n',
    );
    const out = join(directory, "out");
    await promisify(execFile)(PROGRAM, ["build", pkg, out, "--static-dir", `${assets}:/assets`]);
    for (const root of [pathToFileURL(`${out}/`).href, await serveFiles(t, out)]) {
      const { page, faults } = await open(browser, `${root}${(await firstStory(out)).path}index.html`);
      const preview = page.frameLocator("#preview");
      await preview.locator("img").evaluate((img) => img.decode());
      const style = await preview.locator("b").evaluate((b) => {
        const { color, backgroundColor, backgroundImage } = getComputedStyle(b);
        return { color, backgroundColor, backgroundImage };
      });
      assert.deepEqual(style, {
        color: "rgb(4, 5, 6)",
        backgroundColor: "rgb(7, 8, 9)",
        backgroundImage: `url("${root}assets/img/a.svg")`,
      });
      assert.equal(await preview.locator("img").evaluate((img) => img.decode().then(() => img.naturalWidth)), 33);
      assert.deepEqual(faults, []);
    }
  });

  test("shows the whole HTML of the preview on the story's page", async (t) => {
    const directory = await temporary(t);
    const pkg = await example(directory, "minimal");
    await writeFile(
      join(pkg, "greeting/greeting.py"),
      'from tdom import html\n\n\ndef Greeting(*, name: str) -> str:\n    rows = [t"<li class=\'row\'>{n} & {name}</li>" for n in range(300)]\n    return html(t"<ul>{rows}</ul>")\n',
    );
    const out = await build(directory, pkg);
    const { entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
    const place = join(out, "greeting", Object.keys(entries).at(-1).split("--")[1]);
    const { page } = await open(browser, pathToFileURL(join(place, "index.html")).href);
    const shown = await page.locator("#html pre").textContent();
    assert.ok(shown.length > 8000);
    assert.ok((await readFile(join(place, "preview.html"), "utf8")).includes(shown));
  });

  test("is small: each story's page is under 12 KB, its CSS and JavaScript under 60 KB gzipped", async () => {
    const out = await troubled();
    const read = async (file) => ({ file, bytes: await readFile(join(out, file)) });
    const pages = await Promise.all((await htmlFiles(out)).map(read));
    const ofStories = pages.filter(({ bytes }) => bytes.includes('id="preview"'));
    assert.ok(ofStories.length > 10);
    for (const { file, bytes } of ofStories) assert.ok(bytes.length < 12 * 1024, `${file}: ${bytes.length} bytes`);
    const names = (await readdir(join(out, "_storytime"))).filter(
      (name) => !["navigation.js", "axe.js"].includes(name),
    );
    const assets = await Promise.all(names.map((name) => readFile(join(out, "_storytime", name))));
    const size = assets.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
    assert.ok(size < 60 * 1024, `${size} bytes`);
    assert.ok(!names.some((name) => /live/.test(name)), "the live client is there only when serving");
  });

  test("has a page for missing addresses, which works however deep they are", async (t) => {
    const out = await troubled();
    const url = await serveFiles(t, out);
    const { page } = await open(browser, url);
    const look = () => page.evaluate(() => getComputedStyle(document.querySelector("header")).display);
    const style = await look();
    for (const address of ["gone.html", "actions/gone/", "a/b/c/d/gone.html?x=1", "content/card/gone/index.html"]) {
      const response = await page.goto(url + address);
      assert.equal(response.status(), 404);
      assert.equal(await page.locator("h1").innerText(), "Not found");
      assert.equal(await look(), style, address);
      await page.locator(".skip").focus();
      await page.keyboard.press("Enter");
      assert.equal(new URL(page.url()).pathname, new URL(url + address).pathname);
      assert.equal(
        await page
          .locator('#tree a[href^="content/"]')
          .first()
          .evaluate((link) => link.href),
        `${url}content/index.html`,
      );
      await page.getByRole("link", { name: "Go to the home page" }).click();
      await page.waitForURL(`${url}index.html`);
    }
  });

  test("shows exceptions of user code with their place, and what to do", async (t) => {
    const out = await troubled();
    const url = await serveFiles(t, out);
    const { page } = await open(browser, `${url}actions/raising/it-raises/`);
    const text = await page.locator(".fault").innerText();
    assert.match(text, /ZeroDivisionError/);
    assert.match(text, /division by zero/);
    assert.match(text, /actions\/raising\/stories\.py, line 5/);
    assert.match(text, /return 100 \/ amount/);
    await page.goto(`${url}actions/broken/`);
    assert.match(await page.locator(".fault").innerText(), /SyntaxError[^]*Fix it and save/);
    await page.goto(`${url}actions/nothing/`);
    assert.match(await page.locator(".empty").innerText(), /Story\(/);
  });
});

// pictures.test.mjs tests one page of each kind. All pages of the gallery take a minute of CPU time.
for (const [name, built, skip] of [
  ["complete", () => builtExample("complete"), false],
  ["troubled", troubled, LONG ? false : "only with the long tests"],
]) {
  describe(`every page of a built catalog: ${name}`, () => {
    test("loads without failed requests, errors or WebSockets", { skip }, async (t) => {
      const out = await built();
      const url = await serveFiles(t, out);
      const { page, faults } = await open(browser, url);
      const sockets = [];
      const framed = new Set(); // previews that were shown in a page, so that their faults are known already
      page.on("websocket", (socket) => sockets.push(socket.url()));
      page.on("requestfinished", (request) => request.frame().parentFrame() && framed.add(request.url()));
      const files = await htmlFiles(out);
      const isPreview = (file) => file.endsWith("/preview.html");
      for (const file of [...files.filter((file) => !isPreview(file)), ...files.filter(isPreview)]) {
        if (framed.has(url + file)) continue;
        const before = faults.length;
        await page.goto(url + file, { waitUntil: "load" });
        assert.deepEqual(faults.slice(before), [], file);
      }
      assert.deepEqual(sockets, []);
    });

    test("can be reached and read without JavaScript", { skip }, async (t) => {
      const out = await built();
      const url = await serveFiles(t, out);
      const { page } = await open(browser, url, { javaScriptEnabled: false });
      const seen = new Set();
      const waiting = [page.url()];
      while (waiting.length > 0) {
        const next = waiting.pop();
        if (seen.has(next)) continue;
        seen.add(next);
        await page.goto(next, { waitUntil: "domcontentloaded" });
        assert.ok(await page.locator("h1").first().isVisible(), next);
        const links = page.locator("main a[href], header a[href]");
        for (const link of await links.evaluateAll((all) => all.map((one) => one.getAttribute("href")))) {
          const target = new URL(link, next);
          target.hash = target.search = "";
          if (target.href.startsWith(url) && !/preview\.html$|\.json$/.test(target.href)) waiting.push(target.href);
        }
      }
      const files = (await htmlFiles(out)).filter((file) => !/preview\.html$|404\.html$|^iframe\.html$/.test(file));
      assert.deepEqual(
        files.filter((file) => !seen.has(url + file)),
        [],
      );
      const { path } = await firstStory(out);
      await page.goto(url + path);
      const panels = await page.locator(".panel:not(.needs-js)").all();
      assert.ok(panels.length > 2);
      for (const panel of panels) assert.ok(await panel.isVisible());
      for (const control of await page.locator(".needs-js").all()) assert.ok(!(await control.isVisible()));
    });
  });
}
