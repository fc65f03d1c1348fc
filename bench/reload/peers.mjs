// A peer from npm, in an environment of its own below the temporary directory: plain Vite with hot module replacement of
// one module. No catalog, no isolation, no Python: what a tool of another world needs for the same save.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { inTime, lookAtPage } from "./listeners.mjs";

const VITE = "vite@8";
const REST = 500; // milliseconds between saves: those that follow each other at once are not all seen

const label = (mark) => `export const label = ${JSON.stringify(mark)};\n`;

const FILES = {
  "index.html": '<!doctype html><title>Vite</title><div id="app"></div><script type="module" src="/main.js"></script>',
  "main.js": `import { label } from "./label.js";
document.getElementById("app").textContent = label;
import.meta.hot.accept("./label.js", (next) => (document.getElementById("app").textContent = next.label));
`,
  "label.js": label("first"),
};

/** Install a package into a directory of ours, unless it is there from an earlier run. */
function install(name) {
  const directory = join(tmpdir(), "storytime-bench-peers", name.replace("@", "-"));
  if (!existsSync(join(directory, "node_modules"))) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "package.json"), '{"private": true}');
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", name], { cwd: directory, stdio: "inherit" });
  }
  return directory;
}

function freePort() {
  return new Promise((found) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => found(port));
    });
  });
}

/** Vite's development server with one module; `file` is that, to be saved with marks. */
export async function startVite(t) {
  const home = install(VITE);
  const directory = join(home, "site");
  mkdirSync(directory, { recursive: true });
  for (const [name, text] of Object.entries(FILES)) writeFileSync(join(directory, name), text);
  const program = join(home, "node_modules/vite/bin/vite.js");
  const port = await freePort();
  const options = ["--host", "127.0.0.1", "--port", String(port), "--strictPort", "--clearScreen", "false"];
  const child = spawn(process.execPath, [program, directory, ...options], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const ready = new Promise((done, failed) => {
    child.on("exit", () => failed(new Error("Vite has ended")));
    createInterface({ input: child.stdout }).on("line", (line) => line.includes("ready in") && done());
  });
  await inTime(ready, () => "Vite does not come up");
  const { version } = JSON.parse(readFileSync(join(home, "node_modules/vite/package.json"), "utf8"));
  return {
    name: `Vite ${version}, one module`,
    log: [],
    settled: () => new Promise((rested) => setTimeout(rested, REST)),
    lookAt: (browser) => lookAtPage(browser, `http://127.0.0.1:${port}/`, "#app:not(:empty)"),
    file: (save) => ({ save: (way, mark) => save[way](join(directory, "label.js"), label(mark)) }),
  };
}
