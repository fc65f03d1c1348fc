// The servers that are measured: storytime, and the floor. `settled` resolves when one has nothing left to do after a save.
import { spawn } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { ROOT, serve, serveFiles } from "../../tests/browser/support.mjs";
import { inTime, listen, lookAt, lookAtFloor } from "./listeners.mjs";
import { PAGE } from "./catalog.mjs";

const PHASES =
  /Build (\d+): (\d+) modules executed; first imports ([\d.]+) ms, stories ([\d.]+) ms, pages and files ([\d.]+) ms/;
const SUMMARY = /Build (\d+): .* (\d+) pages rendered, (\d+) written, \d+ removed, in ([\d.]+) ms/;

const count = (lines, pattern) => lines.filter((line) => pattern.test(line)).length;

/* Whether two interpreters wait and no other is left. Always true if builds run in processes of their own. */
function isWarm(log) {
  const gone = count(log, /Interpreter \d+ was discarded$/);
  const taken = count(log, /takes the job/);
  return (
    !log.some((line) => line.includes("Created a pool")) ||
    (count(log, /Interpreter \d+ is warm/) === 2 + gone + taken &&
      count(log, /was discarded after its build/) === taken)
  );
}

/* Whether a build has ended, and, if it took an interpreter, another one has imported the modules ahead. */
function hasSettled(log, from) {
  const since = log.slice(from);
  const taken = count(since, /takes the job/);
  return count(since, SUMMARY) > 0 && (taken === 0 || count(since, /modules ahead/) > 0) && isWarm(log);
}

/** The phases of each build that the log reports from a line on. */
export function builds(log, from = 0) {
  const found = new Map();
  const build = (number) => found.get(number) ?? found.set(number, {}).get(number);
  for (const line of log.slice(from)) {
    const [phases, summary] = [line.match(PHASES), line.match(SUMMARY)];
    if (phases) {
      const [modules, imports, stories, files] = phases.slice(2).map(Number);
      Object.assign(build(phases[1]), { modules, imports, stories, files });
    } else if (summary) {
      const [rendered, written, total] = summary.slice(2).map(Number);
      Object.assign(build(summary[1]), { rendered, written, total, whole: line.includes("full build") });
    }
  }
  return [...found.values()].filter(({ total, modules }) => total !== undefined && modules !== undefined);
}

/* A value of a process in MiB, by its name in a file of /proc. */
function memoryOf(process, file, name) {
  const [, kilobytes] = readFileSync(`/proc/${process}/${file}`, "utf8").match(new RegExp(`^${name}:\\s+(\\d+)`, "m"));
  return Number(kilobytes) / 1024;
}

const resident = (process) => memoryOf(process, "status", "VmRSS");

const childrenOf = (process) =>
  readFileSync(`/proc/${process}/task/${process}/children`, "utf8").split(" ").filter(Boolean).map(Number);

/** The memory of a process and of all its descendants: the resident memory of the first, and the PSS of all together. */
function shares(process) {
  const all = [process];
  for (const one of all) all.push(...childrenOf(one));
  const share = all.reduce((sum, one) => sum + memoryOf(one, "smaps_rollup", "Pss"), 0);
  return { resident: resident(process), share, processes: all.length };
}

/** Start `storytime serve -v` with a catalog. Without `pkg`, it is the one that the configuration in `cwd` names. */
export async function startStorytime(t, pkg, options = [], { cwd, page: shown = PAGE } = {}) {
  const server = await serve(t, pkg, { options: ["-v", ...options], cwd });
  const socket = `${server.url.replace("http", "ws")}ws/reload`;
  const settled = (from) =>
    inTime(
      server.until(() => hasSettled(server.log, from)),
      () => `storytime did not settle:\n${server.log.slice(from).join("\n")}`,
    );
  await settled(0);
  return {
    log: server.log,
    settled,
    listen: (page = shown) => listen(socket, page),
    lookAt: (browser, all) => lookAt(browser, new URL(shown.replace(/index.html$/, ""), server.url).href, all),
    memory: () => ({ server: resident(server.pid), builder: resident(childrenOf(server.pid)[0]) }),
    shares: () => {
      const [builder] = childrenOf(server.pid);
      const [all, ofBuilder] = [shares(server.pid), shares(builder)];
      return { server: { ...all, share: all.share - ofBuilder.share }, builder: ofBuilder };
    },
  };
}

/** Start the floor for one file. The page that shows it comes from a plain file server. */
export async function startFloor(t, directory, file) {
  writeFileSync(join(directory, "index.html"), "<!doctype html><title>Floor</title><body></body>");
  const files = await serveFiles(t, directory);
  const program = process.env.FLOOR ?? join(ROOT, "build/bench/floor");
  const child = spawn(program, [file], { stdio: ["ignore", "pipe", "inherit"] });
  const ended = new Promise((done) => child.on("exit", done));
  t.after(async () => {
    child.kill();
    await ended;
  });
  const port = await new Promise((ready, failed) => {
    child.on("exit", () => failed(new Error("the floor ended before it was ready")));
    createInterface({ input: child.stdout }).on("line", ready);
  });
  const url = `ws://127.0.0.1:${port}/`;
  return {
    log: [],
    settled: () => Promise.resolve(),
    listen: () => listen(url, null),
    lookAt: (browser) => lookAtFloor(browser, files, url),
  };
}
