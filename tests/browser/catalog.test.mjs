// A built catalog in a browser: every kind of page, from a server at any path and from the disk.
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { gzipSync } from "node:zlib";
import { HtmlValidate } from "html-validate";
import { build, launch, open, seed, serveFiles, temporary, violations } from "./support.mjs";

let browser;
before(async () => (browser = await launch()));
after(() => browser.close());

/** The gallery, with a story that raises, a file that can't be read, and an empty subject. */
async function catalog(t) {
  const directory = await temporary(t);
  const pkg = await seed(directory, "small");
  const sections = (await readdir(pkg, { withFileTypes: true }))
    .filter((entry) => entry.isDirectory() && !["static", "__pycache__"].includes(entry.name))
    .map((entry) => entry.name);
  const { mkdir } = await import("node:fs/promises");
  for (const [name, text] of [
    ["broken", "def broken(:\n"],
    ["raising", RAISING],
    ["nothing", "from storytime import Subject\n\n\ndef s() -> Subject:\n    return Subject(title='Nothing')\n"],
  ]) {
    await mkdir(join(pkg, sections[0], name));
    await writeFile(join(pkg, sections[0], name, "stories.py"), text);
  }
  return { directory, pkg, section: sections[0], out: await build(directory, pkg) };
}

const RAISING = `from storytime import Story, Subject


def Raises(**props: object) -> str:
    raise ValueError("no <b>good</b>")


def s() -> Subject:
    return Subject(title="Raising", target=Raises, items=[Story(title="It raises")])
`;

/** The first story of the gallery whose page is whole. */
async function firstStory(out) {
  const { entries } = JSON.parse(await readFile(join(out, "index.json"), "utf8"));
  const [entry] = Object.values(entries).filter(({ name }) => name !== "It raises");
  return { entry, path: `${entry.importPath.slice(2).replace(/stories\.py$/, "")}${entry.id.split("--")[1]}/` };
}

async function htmlFiles(out) {
  const files = await readdir(out, { recursive: true });
  return files.filter((file) => file.endsWith(".html")).sort();
}

describe("a built catalog", () => {
  test("has pages without a request that fails, an error, or a WebSocket", async (t) => {
    const { out } = await catalog(t);
    const url = await serveFiles(t, out);
    const { page, faults } = await open(browser, url);
    const sockets = [];
    page.on("websocket", (socket) => sockets.push(socket.url()));
    for (const file of await htmlFiles(out)) {
      const before = faults.length;
      await page.goto(url + file, { waitUntil: "load" });
      assert.deepEqual(faults.slice(before), [], file);
    }
    assert.deepEqual(sockets, []);
  });

  test("asks no other server for anything", async (t) => {
    const { out } = await catalog(t);
    const url = await serveFiles(t, out);
    const { page } = await open(browser, "about:blank");
    const asked = new Set();
    page.on("request", (request) => asked.add(new URL(request.url()).origin));
    const { path } = await firstStory(out);
    for (const file of ["", "about.html", "debug.html", path]) await page.goto(url + file, { waitUntil: "load" });
    asked.delete("null"); // data: URLs
    assert.deepEqual([...asked], [new URL(url).origin]);
  });

  for (const scheme of ["light", "dark"]) {
    test(`has no serious fault of accessibility on any kind of page, ${scheme}`, async (t) => {
      const { out, section } = await catalog(t);
      const url = await serveFiles(t, out);
      const { path } = await firstStory(out);
      const { page } = await open(browser, "about:blank", { colorScheme: scheme });
      const kinds = {
        site: "",
        section: `${section}/`,
        subject: path.split("/").slice(0, -2).join("/") + "/",
        story: path,
        "broken story": `${section}/raising/it-raises/`,
        "broken file": `${section}/broken/`,
        "empty subject": `${section}/nothing/`,
        about: "about.html",
        debug: "debug.html",
        "not found": "404.html",
      };
      for (const [kind, file] of Object.entries(kinds)) {
        const response = await page.goto(url + file, { waitUntil: "load" });
        assert.equal(response.status(), 200, file);
        assert.deepEqual(await violations(page), [], kind);
      }
    });
  }

  test("is valid HTML", async (t) => {
    const { out } = await catalog(t);
    const validator = new HtmlValidate({
      extends: ["html-validate:standard"],
      rules: { "long-title": "off", "require-sri": "off", "no-raw-characters": "off" },
    });
    for (const file of await htmlFiles(out)) {
      if (file.endsWith("preview.html")) continue; // what it holds is the story's
      const report = await validator.validateFile(join(out, file));
      const messages = report.results.flatMap(({ messages }) => messages).filter(({ severity }) => severity === 2);
      assert.deepEqual(
        messages.map(({ ruleId, message, line }) => `${line}: ${ruleId}: ${message}`),
        [],
        file,
      );
    }
  });

  test("works from the disk", async (t) => {
    const { out } = await catalog(t);
    const { entry } = await firstStory(out);
    const { page, faults } = await open(browser, pathToFileURL(join(out, "index.html")).href);
    await page.fill("#search", entry.name);
    await page.locator("#tree .results a").first().click();
    await page.waitForSelector("#preview");
    const frame = page.frameLocator("#preview");
    await frame.locator("body").waitFor();
    assert.ok((await frame.locator("body").innerHTML()).trim().length > 0);
    await page.locator(".crumbs a").first().click();
    await page.waitForURL(/\/index\.html/);
    assert.deepEqual(faults, []);
  });

  test("is light: a story's page under 12 KB, all CSS and JavaScript under 60 KB gzipped", async (t) => {
    const { out } = await catalog(t);
    const { path } = await firstStory(out);
    assert.ok((await readFile(join(out, path, "index.html"))).length < 12 * 1024);
    const assets = await Promise.all(
      ["storytime.css", "storytime.js", "theme.js"].map((name) => readFile(join(out, "_storytime", name))),
    );
    const size = assets.reduce((sum, bytes) => sum + gzipSync(bytes).length, 0);
    assert.ok(size < 60 * 1024, `${size} bytes`);
  });

  test("can be reached and read without JavaScript", async (t) => {
    const { out } = await catalog(t);
    const url = await serveFiles(t, out);
    const { page } = await open(browser, url, { javaScriptEnabled: false });
    const seen = new Set();
    const waiting = [page.url()];
    while (waiting.length > 0) {
      const next = waiting.pop();
      if (seen.has(next)) continue;
      seen.add(next);
      await page.goto(next);
      assert.ok(await page.locator("h1").first().isVisible(), next);
      for (const link of await page.locator("main a[href], header a[href]").all()) {
        const target = new URL(await link.getAttribute("href"), next);
        target.hash = target.search = "";
        if (target.href.startsWith(url) && !/preview\.html$|\.json$/.test(target.href)) waiting.push(target.href);
      }
    }
    const files = (await htmlFiles(out)).filter((file) => !/preview\.html$|404\.html$/.test(file));
    assert.deepEqual(
      files.filter((file) => !seen.has(url + file)),
      [],
    );
    const { path } = await firstStory(out);
    await page.goto(url + path);
    for (const panel of await page.locator(".panel").all()) assert.ok(await panel.isVisible());
    for (const control of await page.locator(".needs-js").all()) assert.ok(!(await control.isVisible()));
  });

  test("shows the user's own exception, its place, and what to do", async (t) => {
    const { out, section } = await catalog(t);
    const url = await serveFiles(t, out);
    const { page } = await open(browser, `${url}${section}/raising/it-raises/`);
    const text = await page.locator(".fault").innerText();
    assert.match(text, /ValueError/);
    assert.match(text, /no <b>good<\/b>/);
    assert.match(text, new RegExp(`${section}/raising/stories\\.py`));
    assert.match(text, /raise ValueError/);
    await page.goto(`${url}${section}/broken/`);
    assert.match(await page.locator(".fault").innerText(), /SyntaxError[^]*Correct the line and save/);
    await page.goto(`${url}${section}/nothing/`);
    assert.match(await page.locator(".empty").innerText(), /Story\(/);
  });
});
