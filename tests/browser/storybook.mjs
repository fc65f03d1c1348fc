// A Storybook that composes our catalog with `refs`. tests/install/test_storybook.py installs it and runs this file.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { browser, example, open, serve, serveFiles, temporary, builtExample } from "./support.mjs";

const run = promisify(execFile);
const STORYBOOK = process.env.STORYBOOK; // the directory in which it is installed

/** A free port: a Storybook is built with our URL, and we are started with its URL, so one must be known in advance. */
async function freePort() {
  const server = createServer();
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  const { port } = server.address();
  await new Promise((done) => server.close(done));
  return port;
}

/** Build a Storybook that has one story of its own and composes the catalog at a URL. Its directory. */
async function storybook(name, url) {
  const own = join(STORYBOOK, name);
  await mkdir(join(own, ".storybook"), { recursive: true });
  const main = {
    framework: "@storybook/html-vite",
    stories: ["../own.stories.js"],
    core: { disableTelemetry: true },
    refs: { ours: { title: "Ours", url: url.replace(/\/$/, "") } },
  };
  await writeFile(join(own, "package.json"), `{"name":"${name}","private":true,"type":"module"}`);
  await writeFile(join(own, ".storybook/main.js"), `export default ${JSON.stringify(main)};`);
  await writeFile(
    join(own, "own.stories.js"),
    'export default { title: "Own" };\nexport const First = { render: () => "<p>own</p>" };\n',
  );
  const command = join(STORYBOOK, "node_modules/storybook/dist/bin/dispatcher.js");
  await run(process.execPath, [command, "build", "--output-dir", "out", "--quiet", "--disable-telemetry"], {
    cwd: own,
    env: { ...process.env, CI: "1", STORYBOOK_DISABLE_TELEMETRY: "1" },
  });
  return join(own, "out");
}

/** Serve a static build with CORS headers for every origin. */
async function shared(t, out) {
  const inner = await serveFiles(t, out);
  const server = createServer(async (request, response) => {
    const answer = await fetch(inner + request.url.slice(1), { redirect: "manual" });
    const origin = request.headers.origin;
    response.writeHead(answer.status, {
      "content-type": answer.headers.get("content-type"),
      ...(origin ? { "access-control-allow-origin": origin, "access-control-allow-credentials": "true" } : {}),
    });
    response.end(Buffer.from(await answer.arrayBuffer()));
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

/** Open a Storybook, whose own pages take long to load on a busy machine. */
async function openBook(url) {
  const { page } = await open(browser, "about:blank");
  page.setDefaultTimeout(60000);
  await page.goto(url);
  return page;
}

/** The frame in which Storybook shows one of our stories, and the preview in it. */
async function canvas(page, label) {
  const preview = page.frameLocator("iframe#storybook-ref-ours").frameLocator("iframe");
  await preview.getByRole("img", { name: label }).waitFor();
  await page.locator("#preview-loader").waitFor({ state: "detached" });
}

/** Choose one of our subjects in the sidebar, which shows its docs page, and then a story. */
async function choose(page) {
  await page.getByRole("button", { name: "Ours" }).waitFor();
  await page.locator("#ours_feedback-rating").click();
  const docs = page.frameLocator("iframe#storybook-ref-ours").frameLocator("iframe");
  await docs.getByRole("heading", { name: "Rating", level: 1 }).waitFor();
  await page.locator("#preview-loader").waitFor({ state: "detached" }); // until then, Storybook would not pass the next choice on
  await page.locator("#ours_feedback-rating--best").click();
  await page.getByRole("tab", { name: /Controls/ }).click();
}

describe("Storybook", () => {
  test("composes a static build", async (t) => {
    const url = await shared(t, await builtExample("complete"));
    const page = await openBook(await serveFiles(t, await storybook("static", url)));
    await choose(page);
    await canvas(page, "5 of 5 stars");
    await page.locator("#storybook-panel-root").getByText("stars").first().waitFor();
    assert.equal(await page.locator("#control-stars").count(), 0);
  });

  test("composes a served catalog, and changes the values of its stories", async (t) => {
    const directory = await temporary(t);
    const port = await freePort();
    const book = await serveFiles(t, await storybook("served", `http://127.0.0.1:${port}`));
    const options = ["--cors-origin", new URL(book).origin];
    await serve(t, await example(directory, "complete"), { port, options });
    const page = await openBook(book);
    await choose(page);
    await canvas(page, "5 of 5 stars");
    await page.locator("#control-stars").fill("2");
    await canvas(page, "2 of 5 stars");
    await page.getByRole("button", { name: "Reset controls" }).click();
    await canvas(page, "5 of 5 stars");
  });

  test("can't compose a catalog that does not allow its origin", async (t) => {
    const directory = await temporary(t);
    const { url } = await serve(t, await example(directory, "complete"));
    const book = await serveFiles(t, await storybook("unknown", url));
    const page = await openBook("about:blank");
    const refused = page.waitForEvent("requestfailed", (request) => request.url() === `${url}index.json`);
    await page.goto(book);
    await refused;
    await page.frameLocator("#storybook-preview-iframe").getByText("own").waitFor();
    assert.equal(await page.locator("#ours_feedback-rating--best").count(), 0);
  });
});
