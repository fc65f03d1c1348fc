// What the browser tests share: the browser, the program, a plain file server, and pages that watch themselves.
import { execFile, spawn } from "node:child_process";
import { once as occurs } from "node:events";
import { createReadStream } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { extname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach } from "node:test";
import { promisify } from "node:util";
import { chromium } from "playwright-core";

const run = promisify(execFile);
const require = createRequire(import.meta.url);
export const ROOT = resolve(import.meta.dirname, "../..");
export const PROGRAM = process.env.STORYTIME ?? join(ROOT, "build/storytime");
export const LONG = Boolean(process.env.STORYTIME_LONG); // tools/run-tests --long
export const AXE = require.resolve("axe-core/axe.min.js");

/** The browser; all files of a run share it. */
export const browser = await chromium.launch({
  executablePath: "/usr/lib/chromium/chromium-headless-shell", // Chromium without windows, at three quarters of the cost
  args: [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
  ],
});
after(() => browser.close());

const VIEWPORT = { width: 1280, height: 800 };
const idle = new Map(); // contexts that tests have left, by their options: a new one costs more than most tests do
const used = [];

/** Remember in `opened.faults` what goes wrong on its page. */
function listen(opened) {
  const note = (text) => opened.faults.push(text);
  opened.page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // A small preview or the icon that is still loading when the test goes to the next page is given up, and rightly so.
    const late = request.frame().parentFrame() !== null || request.url().endsWith("/_storytime/icon.svg");
    const left = reason === "net::ERR_ABORTED" && late;
    if (!left) note(`${reason} ${request.url()}`);
  });
  opened.page.on("response", (response) => {
    if (response.status() >= 400) note(`${response.status()} ${response.url()}`);
  });
  opened.page.on("pageerror", (error) => note(String(error)));
  opened.page.on("console", (message) => {
    if (["error", "warning"].includes(message.type())) note(`console: ${message.text()} ${message.location().url}`);
  });
}

async function make(browser, options) {
  const context = await browser.newContext({ viewport: VIEWPORT, ...options });
  context.setDefaultTimeout(15000);
  const opened = { context, page: await context.newPage(), faults: [] };
  listen(opened);
  return opened;
}

/**
 * A page, and what goes wrong on it: failed requests, answers of 400 and more, errors, messages to the console. Tests take
 * turns at one; `own`: no other test gets this one, as scripts, routes, a clock or media are put into it.
 */
export async function open(browser, url, { own = false, ...options } = {}) {
  const key = JSON.stringify(options);
  const opened = (!own && idle.get(key)?.pop()) || (await make(browser, options));
  opened.faults = [];
  used.push({ key, own, options, opened });
  await opened.page.goto(url);
  return { ...opened };
}

/** Leave nothing of a test in its page, for the next one; or close it. */
async function leave({ key, own, options, opened: { context, page }, opened }) {
  const closed = page.isClosed() || own || page.url().startsWith("file:"); // all files are one origin to a browser
  if (closed) return context.close();
  const others = context.pages().filter((other) => other !== page);
  await Promise.all([...others.map((other) => other.close()), context.clearCookies()]);
  await page.evaluate(() => [localStorage, sessionStorage].forEach((storage) => storage.clear())).catch(() => {});
  await page.goto("about:blank");
  await page.setViewportSize(options.viewport ?? VIEWPORT);
  idle.set(key, [...(idle.get(key) ?? []), opened]);
}

afterEach(() => Promise.all(used.splice(0).map((one) => leave(one).catch(() => one.opened.context.close()))));

/** A directory that is gone after the test. */
export async function temporary(t) {
  const directory = await mkdtemp(join(tmpdir(), "storytime-browser-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

const made = new Map();
let kept; // the directory of what all tests share

/** What `make(directory)` returns: once for all tests, which only read it. */
function once(name, make) {
  if (!made.has(name)) made.set(name, directoryOf(name).then(make));
  return made.get(name);
}

async function directoryOf(name) {
  kept ??= mkdtemp(join(tmpdir(), "storytime-browser-"));
  const directory = join(await kept, String(name));
  await mkdir(directory);
  return directory;
}

after(async () => kept && rm(await kept, { recursive: true, force: true }));

/** An example, built; not to be changed. */
export const builtExample = (name) => once(name, async (directory) => build(directory, await example(directory, name)));

/** A seed's catalog, built; not to be changed. */
export const builtSeed = (size) => once(size, async (directory) => build(directory, await seed(directory, size)));

/** Write a seed's catalog: "small", or a number of stories. */
export async function seed(directory, size) {
  const target = join(directory, "catalog");
  await run(PROGRAM, ["seed", String(size), target]);
  return target;
}

/** A copy of an example, to edit. */
export async function example(directory, name) {
  const target = join(directory, name);
  await cp(join(ROOT, "examples", name), target, { recursive: true });
  return target;
}

const RAISING = `from storytime import Story, Subject


def price(amount: int) -> float:
    return 100 / amount


def Raises(**props: object) -> str:
    return f"<b>{price(0)}</b>"


def s() -> Subject:
    return Subject(title="Raising", target=Raises, items=[Story(title="It raises")])
`;

/** The gallery with trouble in it, built: a story that raises, a file that can't be read, an empty subject. Not to be changed. */
export const troubled = () => once("troubled", buildTroubled);

async function buildTroubled(directory) {
  const pkg = await seed(directory, "small");
  for (const [name, text] of [
    ["broken", "def broken(:\n"],
    ["raising", RAISING],
    ["nothing", "from storytime import Subject\n\n\ndef s() -> Subject:\n    return Subject(title='Nothing')\n"],
  ]) {
    await mkdir(join(pkg, "actions", name));
    await writeFile(join(pkg, "actions", name, "stories.py"), text);
  }
  return build(directory, pkg);
}

/** Every kind of page of the troubled gallery. */
export const KINDS = {
  site: "index.html",
  section: "actions/index.html",
  subject: "content/card/index.html",
  story: "content/card/with-a-picture/index.html",
  "story-failed": "content/alert/urgent-yet-silent/index.html",
  "story-error": "data/progress/nothing-to-do/index.html",
  "story-raises": "actions/raising/it-raises/index.html",
  "file-broken": "actions/broken/index.html",
  empty: "actions/nothing/index.html",
  about: "about.html",
  debug: "debug.html",
  "not-found": "404.html",
  search: "index.html?q=card",
  "search-none": "index.html?q=zzz",
};

/** Build a package. A catalog with errors is written, too. */
export async function build(directory, pkg) {
  const out = join(directory, "out");
  await run(PROGRAM, ["build", pkg, out]).catch((error) => {
    if (error.code !== 1) throw error;
  });
  return out;
}

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

/** Serve files below /some/path/, and 404.html where there is none, as web servers do. The URL ends with a slash. */
export async function serveFiles(t, directory) {
  const server = createServer(async (request, response) => {
    const path = decodeURIComponent(new URL(request.url, "http://x").pathname).replace(/^\/some\/path\//, "");
    const file = join(directory, path.endsWith("/") || path === "" ? `${path}index.html` : path);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile()) {
      response.writeHead(404, { "content-type": "text/html" });
      createReadStream(join(directory, "404.html"))
        .on("error", () => response.end())
        .pipe(response);
      return;
    }
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream" });
    createReadStream(file)
      .on("error", () => response.destroy()) // a test that has ended removes its directory while its page still asks
      .pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  t.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}/some/path/`;
}

/** `storytime serve`, its first build done, or `early`: listening. `stop()` ends it; `log` is what it said. */
export async function serve(t, pkg, { port = 0, env = {}, options = [], early = false, cwd = undefined } = {}) {
  const what = pkg ? [pkg, "--use-subinterpreters"] : []; // else what the configuration in `cwd` says
  const child = spawn(PROGRAM, ["serve", ...what, "--port", String(port), ...options], {
    stdio: ["ignore", "ignore", "pipe"],
    cwd,
    env: { ...process.env, ...env },
  });
  const log = [];
  const ended = new Promise((done) => child.on("exit", done));
  const stop = async (signal = "SIGTERM") => {
    child.kill(signal);
    return ended;
  };
  t.after(() => stop());
  const lines = createInterface({ input: child.stderr });
  const url = await new Promise((ready, failed) => {
    child.on("exit", () => failed(new Error(log.join("\n"))));
    lines.on("line", (line) => {
      log.push(line);
      const found = log.join("\n").match(/Serving \S+ at (\S+)/);
      if (found && (early || line.includes("The first build has ended"))) ready(found[1]);
    });
  });
  /* Wait for a line of the log, from the `from`th on. */
  const said = (pattern, from = 0) => until(() => log.slice(from).some((line) => pattern.test(line)));
  const until = async (holds) => {
    while (!holds()) await occurs(lines, "line");
  };
  return { url, log, said, until, stop, port: Number(new URL(url).port), pid: child.pid };
}

const FONT = join(ROOT, "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");

/** Use one font, in frames, too, so that pictures look alike on all machines. */
async function useFont(page) {
  const data = (await readFile(FONT)).toString("base64");
  const add = async (bytes) => {
    if ([...document.fonts].some(({ family }) => family === "Inter")) return;
    const font = new FontFace("Inter", `url(data:font/woff2;base64,${bytes})`, { weight: "100 900" });
    document.fonts.add(font);
    await font.load();
  };
  const loaded = page.frames().filter((frame) => frame.url()); // what waits until it is scrolled to answers nothing
  for (const frame of loaded) await frame.evaluate(add, data).catch(() => {}); // a frame may go meanwhile
}

/** Wait until the frames in view are there. */
async function settled(page) {
  await page.waitForFunction(() =>
    [...document.querySelectorAll("iframe")].every((frame) => {
      const { top, bottom } = frame.getBoundingClientRect();
      const inView = bottom > 0 && top < innerHeight;
      return (
        !inView || (frame.contentDocument?.URL !== "about:blank" && frame.contentDocument?.readyState === "complete")
      );
    }),
  );
}

/** Take a picture for people to look at: with --long into build/screenshots, or into another directory. */
export async function picture(page, name, directory = LONG && join(ROOT, "build/screenshots")) {
  await settled(page);
  await useFont(page);
  if (directory) await page.screenshot({ path: join(directory, `${name}.png`) });
}

/** What axe-core finds that is serious or critical, a line each. */
export async function violations(page) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
  const found = await page.evaluate(async () => {
    const result = await window.axe.run(document, { resultTypes: ["violations"] });
    return result.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
  });
  return found;
}
