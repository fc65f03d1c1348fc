// The tools that storytime is compared with, installed below the temporary directory. From npm: Vite, with hot replacement of one
// module or of a stylesheet, and Storybook. Neither runs Python, nor isolates one build from another. From PyPI: storytime's
// predecessor.
import { execFileSync, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT } from "../../tests/browser/support.mjs";
import { binary, install, installStorybook, version } from "./npm.mjs";
import { WAYS } from "./catalog.mjs";
import { inTime, lookAtPage, lookAtReloads } from "./listeners.mjs";
import { endings, timeSaves } from "./saves.mjs";

const REST = 500; // milliseconds between saves: some tools miss saves that follow each other too fast

/** The times of another tool from a save to the changed DOM, for each way to save. */
export async function measurePeer(browser, start, stories, saves, ways = Object.keys(WAYS)) {
  const t = endings();
  try {
    const peer = await start(t, stories);
    const page = await peer.lookAt(browser);
    const dom = {};
    for (const way of ways) dom[way] = await timeSaves(peer, page, peer.file(WAYS), way, saves);
    await page.close();
    return { name: peer.name, dom };
  } finally {
    await t.run();
  }
}

const label = (mark) => `export const label = ${JSON.stringify(mark)};\n`;

const style = (mark) => `:root { --mark: ${mark}; }\n`;

const FILES = {
  "index.html": '<!doctype html><title>Vite</title><div id="app"></div><script type="module" src="/main.js"></script>',
  "style.css": style("none"),
  "main.js": `import "./style.css";
import { label } from "./label.js";
document.getElementById("app").textContent = label;
import.meta.hot.accept("./label.js", (next) => (document.getElementById("app").textContent = next.label));
`,
  "label.js": label("first"),
};

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** Start a peer's development server, and wait until it prints a line that matches `says`. */
async function start(t, directory, name, [program, ...options], says, variables = {}) {
  const env = { ...process.env, ...variables };
  const child = spawn(program, options, { cwd: directory, env, stdio: ["ignore", "pipe", "pipe"] });
  const ended = new Promise((done) => child.on("exit", done));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const ready = new Promise((done, failed) => {
    child.on("exit", () => failed(new Error(`${name} ended before it was ready`)));
    for (const output of [child.stdout, child.stderr])
      createInterface({ input: output }).on("line", (line) => says.test(line) && done());
  });
  await inTime(ready, () => `${name} did not start in time`);
}

/** The same for a program that Node runs, given by its path relative to node_modules. */
function startNode(t, directory, name, [program, ...options], says) {
  const command = [process.execPath, join(directory, "node_modules", program), ...options];
  return start(t, directory, name, command, says, { STORYBOOK_DISABLE_TELEMETRY: "1", CI: "1" });
}

/* A server as saves.mjs expects it: a page to open, a file to save. Peers do not say when they are done, so it waits. */
const peer = (name, file, text, lookAt) => ({
  name,
  log: [],
  settled: () => new Promise((rested) => setTimeout(rested, REST)),
  lookAt,
  file: (ways) => ({ save: (way, mark) => ways[way](file, text(mark)) }),
});

/* Start Vite's development server with a page of one module and one stylesheet. Returns its address. */
async function serveVite(t, directory) {
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
  const port = await freePort();
  const address = ["--host", "127.0.0.1", "--port", String(port), "--strictPort", "--clearScreen", "false"];
  await startNode(t, directory, "Vite", ["vite/bin/vite.js", ...address], /ready in/);
  return `http://127.0.0.1:${port}/`;
}

/** Vite, where the module is saved. */
export async function startVite(t) {
  const directory = install(["vite@8"]);
  const url = await serveVite(t, directory);
  return peer(`Vite ${version(directory, "vite")}, one module`, join(directory, "label.js"), label, (browser) =>
    lookAtPage(browser, url, "#app:not(:empty)"),
  );
}

/** Vite, where the stylesheet is saved. */
export async function startViteStyle(t) {
  const directory = install(["vite@8"]);
  const url = await serveVite(t, directory);
  return peer(`Vite ${version(directory, "vite")}, a stylesheet`, join(directory, "style.css"), style, (browser) =>
    lookAtPage(browser, url, "#app:not(:empty)", { styles: true }),
  );
}

const component = (mark) => `export const Button = ({ label }) => \`<button class="${mark}">\${label}</button>\`;\n`;

const stories = (n) => `import { Button } from "./button.js";
export default { title: "Bench/Button ${n}", render: Button };
export const First = { args: { label: "First" } };
export const Second = { args: { label: "Second" } };
`;

/** Storybook with `count` stories, where a component is saved. The page is the preview of one story, without the frame around it. */
export async function startStorybook(t, count) {
  const directory = installStorybook();
  const source = join(directory, `stories-${count}`);
  mkdirSync(join(directory, ".storybook"), { recursive: true });
  mkdirSync(source, { recursive: true });
  writeFileSync(
    join(directory, ".storybook/main.js"),
    `export default { framework: "@storybook/html-vite", stories: ["../stories-${count}/*.stories.js"] };\n`,
  );
  writeFileSync(join(source, "button.js"), component("first"));
  for (let n = 0; n < count / 2; n++) writeFileSync(join(source, `button-${n}.stories.js`), stories(n));
  const port = await freePort();
  const address = ["dev", "--ci", "--no-open", "--host", "127.0.0.1", "--port", String(port), "--exact-port"];
  await startNode(t, directory, "Storybook", [binary(directory, "storybook"), ...address], /Local:|started/);
  const name = `Storybook ${version(directory, "storybook")}, the bare preview`;
  return peer(name, join(source, "button.js"), component, (browser) =>
    lookAtPage(browser, `http://127.0.0.1:${port}/iframe.html?id=bench-button-0--first&viewMode=story`, "button"),
  );
}

/** The predecessor with `count` stories, where a component is saved. Its port is fixed. */
export async function startPredecessor(t, count) {
  const directory = mkdtempSync(join(tmpdir(), "storytime-bench-"));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  const script = [join(ROOT, "bench/predecessor.py"), directory, String(count)];
  const program = execFileSync("python3", script, { encoding: "utf8" }).trim();
  const file = join(directory, "predecessor/section_0/subject_0/button.py");
  const text = readFileSync(file, "utf8");
  await start(t, directory, "the predecessor", [program, "serve", "predecessor"], /Uvicorn running/, {
    PYTHONPATH: directory,
  });
  const marked = (mark) => text.replace("{label}<", `{label} ${mark}<`);
  return peer("the predecessor, in Python", file, marked, (browser) =>
    lookAtReloads(browser, "http://127.0.0.1:8080/section_0/subject_0/story-0/index.html"),
  );
}
