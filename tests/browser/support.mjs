// Helpers of the browser tests: the browser, the program, a static file server, and pages that record their faults.
import { execFile, spawn } from "node:child_process";
import { once as occurs } from "node:events";
import { createReadStream } from "node:fs";
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, extname, join, resolve } from "node:path";
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
  executablePath: "/usr/lib/chromium/chromium-headless-shell", // headless only: takes three quarters of the time of the whole Chromium
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
const idle = new Map(); // contexts to use again, by their options: to make one takes longer than most tests
const used = [];

/** Record the faults of a page in `opened.faults`. */
function listen(opened) {
  const note = (text) => opened.faults.push(text);
  const documents = new WeakMap(); // by request: the number of the document that makes it
  let visited = 0;
  opened.page.on("request", (request) => {
    if (request.isNavigationRequest() && request.frame() === opened.page.mainFrame()) visited += 1;
    documents.set(request, visited);
  });
  opened.page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText;
    // Whatever a document still loads when the test leaves it is aborted, and so are frames that get another page. Our own
    // pages abort fetches whose answers they no longer need.
    const left = documents.get(request) < visited || request.frame() !== opened.page.mainFrame();
    const isOutdated = left || request.resourceType() === "fetch";
    if (reason !== "net::ERR_ABORTED" || !isOutdated) note(`${reason} ${request.url()}`);
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
 * A page and its faults: failed requests, statuses from 400, errors, and warnings on the console. Tests use pages one after
 * another; with `own`, no other test gets this one, as it gets scripts, routes, a clock or media.
 */
export async function open(browser, url, { own = false, ...options } = {}) {
  const key = JSON.stringify(options);
  const opened = (!own && idle.get(key)?.pop()) || (await make(browser, options));
  opened.faults = [];
  used.push({ key, own, options, opened });
  await opened.page.goto(url);
  return { ...opened };
}

/** Clean a page up for the next test, or close it. */
async function leave({ key, own, options, opened: { context, page }, opened }) {
  const closed = page.isClosed() || own || page.url().startsWith("file:"); // to a browser, all files are one origin
  if (closed) return context.close();
  const others = context.pages().filter((other) => other !== page);
  await Promise.all([...others.map((other) => other.close()), context.clearCookies()]);
  const forget = () =>
    // last, as pages remember something when they are left
    addEventListener("pagehide", () => [localStorage, sessionStorage].forEach((storage) => storage.clear()));
  await page.evaluate(forget).catch(() => {});
  await page.goto("about:blank");
  await page.setViewportSize(options.viewport ?? VIEWPORT);
  idle.set(key, [...(idle.get(key) ?? []), opened]);
}

afterEach(() => Promise.all(used.splice(0).map((one) => leave(one).catch(() => one.opened.context.close()))));

/** A directory that is removed after the test. */
export async function temporary(t) {
  const directory = await mkdtemp(join(tmpdir(), "storytime-browser-"));
  t.after(() => rm(directory, { recursive: true, force: true, maxRetries: 5 })); // a server may still write there
  return directory;
}

const made = new Map();
let kept; // the directory of everything that the tests share

/** Call `make(directory)` once for all tests, which must not change its result. */
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

const ending = []; // what ends the servers that the tests share
after(async () => {
  await Promise.all(ending.map((stop) => stop()));
  if (kept) await rm(await kept, { recursive: true, force: true });
});

/** A built example. Must not be changed. */
export const builtExample = (name) => once(name, async (directory) => build(directory, await example(directory, name)));

/** A built catalog of `storytime seed`. Must not be changed. */
export const builtSeed = (size) => once(size, async (directory) => build(directory, await seed(directory, size)));

const SITE = `from storytime import Site


def this_site() -> Site:
    return Site(title="Shop")
`;

/** Write a package from the texts of its files, with a site unless there is one among them. Its directory, which may be changed. */
export async function shop(t, files) {
  return writeShop(await temporary(t), files);
}

async function writeShop(directory, files) {
  const root = join(directory, "shop");
  for (const [name, text] of Object.entries({ "stories.py": SITE, ...files })) {
    await mkdir(dirname(join(root, name)), { recursive: true });
    await writeFile(join(root, name), text);
  }
  return root;
}

/** Write a package with `storytime seed`: "small", or a number of stories. */
export async function seed(directory, size) {
  const target = join(directory, "catalog");
  await run(PROGRAM, ["seed", String(size), target]);
  return target;
}

/** A copy of an example that may be changed. */
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

/** The built catalog of a seed with faults: a story that raises, a broken file, an empty subject. Must not be changed. */
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

/** Every kind of page of `troubled()`. */
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

/** Build a package, which may have errors. The output directory. */
export async function build(directory, pkg) {
  const out = join(directory, "out");
  await run(PROGRAM, ["build", pkg, out]).catch((error) => {
    if (error.code !== 1) throw error;
  });
  return out;
}

const TYPES = { ".html": "text/html", ".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml" };

const sites = new Map(); // the URLs of the directories that all tests share

/** Serve files below /some/path/, and 404.html for missing ones. The URL ends with a slash. */
export async function serveFiles(t, directory) {
  const shared = kept && directory.startsWith(await kept);
  if (!shared) return startFiles(directory, (stop) => t.after(stop));
  if (!sites.has(directory))
    sites.set(
      directory,
      startFiles(directory, (stop) => ending.push(stop)),
    );
  return sites.get(directory);
}

async function startFiles(directory, ends) {
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
    const keeping = /^_storytime\/(?!navigation)/.test(path) ? { "cache-control": "max-age=600" } : {}; // ports are used again
    response.writeHead(200, { "content-type": TYPES[extname(file)] ?? "application/octet-stream", ...keeping });
    createReadStream(file)
      .on("error", () => response.destroy()) // the directory may be removed at the end of a test while its page still loads
      .pipe(response);
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  ends(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}/some/path/`;
}

/** Start `storytime serve` and wait for its first build, or with `early`, until it is listening. `log` has the lines of its log so far. */
export async function serve(t, pkg, { port = 0, env = {}, options = [], early = false, cwd = undefined } = {}) {
  const what = pkg ? [pkg, "--use-subinterpreters"] : []; // the configuration in `cwd` says the rest
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
    child.on("close", () => failed(new Error(log.join("\n"))));
    lines.on("line", (line) => {
      log.push(line);
      const found = log.join("\n").match(/Serving \S+ at (\S+)/);
      if (found && (early || line.includes("The first build has ended"))) ready(found[1]);
    });
  });
  /* Wait for a line of the log, beginning with line `from`. */
  const said = (pattern, from = 0) => until(() => log.slice(from).some((line) => pattern.test(line)));
  const until = async (holds) => {
    while (!holds()) await occurs(lines, "line");
  };
  return { url, log, said, until, stop, port: Number(new URL(url).port), pid: child.pid };
}

/** Wait until the link to the previous or next story ("prev", "next") leads to this one: it follows a visit a little later. */
export const leadsTo = (page, rel, title) =>
  page.locator(`.toolbar [rel=${rel}][aria-label$=" story: ${title}"]`).waitFor({ state: "attached" });

/** The control of an argument on a story's page. */
export const control = (page, name) => page.locator("#props").getByLabel(name, { exact: true });

/** The URL of a server that the tests share. Its package must not be changed. */
const served = (name, make) =>
  once(`served-${name}`, async (directory) => {
    const { url } = await serve({ after: (stop) => ending.push(stop) }, await make(directory));
    return url;
  });

/** The URL of a served example. Must not be changed. */
export const servedExample = (name) => served(name, (directory) => example(directory, name));

/** The URL of a served package like that of `shop()`; one for each name. Must not be changed. */
export const servedShop = (name, files) => served(name, (directory) => writeShop(directory, files));

const FONT = join(ROOT, "node_modules/@fontsource-variable/inter/files/inter-latin-wght-normal.woff2");

/** Use one font, in frames, too, so that screenshots are the same on all machines. */
async function useFont(page) {
  const data = (await readFile(FONT)).toString("base64");
  const add = async (bytes) => {
    if ([...document.fonts].some(({ family }) => family === "Inter")) return;
    const font = new FontFace("Inter", `url(data:font/woff2;base64,${bytes})`, { weight: "100 900" });
    document.fonts.add(font);
    await font.load();
  };
  const loaded = page.frames().filter((frame) => frame.url()); // frames that load lazily don't answer
  for (const frame of loaded) await frame.evaluate(add, data).catch(() => {}); // a frame may be removed meanwhile
}

/** Wait until the frames in view are loaded. */
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

/** Take a screenshot: with --long into build/screenshots, or into another directory. */
export async function picture(page, name, directory = LONG && join(ROOT, "build/screenshots")) {
  await settled(page);
  if (!directory) return;
  await useFont(page);
  await page.screenshot({ path: join(directory, `${name}.png`) });
}

/** The rules of axe-core whose results depend on colours. */
export const COLOURS = ["color-contrast", "link-in-text-block"];

/** The serious and critical violations that axe-core finds in the page, but not in its frames, one line each; of some rules, or of all. */
export async function violations(page, rules) {
  if (!(await page.evaluate(() => "axe" in window))) await page.addScriptTag({ path: AXE });
  return page.evaluate(async (runOnly) => {
    const options = { resultTypes: ["violations"], iframes: false, preload: false, ...(runOnly && { runOnly }) };
    const result = await window.axe.run(document, options);
    return result.violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(({ id, nodes }) => `${id}: ${nodes.map((node) => `${node.target} ${node.failureSummary}`).join("; ")}`);
  }, rules);
}
