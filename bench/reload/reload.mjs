// Times saves up to the message and up to the changed DOM, and compares them with a server that only reads and pushes the file:
//
//     tools/devroot run -- node bench/reload/reload.mjs [--sizes 30,300] [--saves 20] [--peers]
//
// --peers also measures Vite and Storybook, installed from npm, and storytime's predecessor, installed from PyPI, all below the
// temporary directory.
// Uses build/storytime, or $STORYTIME; build/bench/floor, or $FLOOR. See docs/performance.md.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { cpus, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { browser, seed } from "../../tests/browser/support.mjs";
import { components, editable, EDITS, nextMark, WAYS } from "./catalog.mjs";
import { median, p95, round, table } from "./figures.mjs";
import { measurePeer, startPredecessor, startStorybook, startVite, startViteStyle } from "./peers.mjs";
import { endings, timeSave, timeSaves } from "./saves.mjs";
import { builds, startFloor, startStorytime } from "./servers.mjs";

const FIRST_EDITS = 10;
const WHOLE_BUILDS = 5;
const MOST_FOR_PEERS = 300; // stories; with more, Storybook takes minutes to start

/** Both figures of one server, one file and one way to save. */
async function measure(server, browser, file, way, saves) {
  const client = await server.listen();
  const message = await timeSaves(server, client, file, way, saves);
  client.close();
  const page = await server.lookAt(browser);
  const dom = await timeSaves(server, page, file, way, saves);
  await page.close();
  return { message, dom };
}

async function measureFirstEdits(server, pkg) {
  const times = [];
  for (const component of components(pkg).slice(0, FIRST_EDITS)) {
    const client = await server.listen(component.page);
    times.push(await timeSave(server, client, editable(pkg, component), "overwrite"));
    client.close();
  }
  return times;
}

/** Time saves of the site's own module, which build everything in an interpreter that has imported nothing. */
async function measureWholeBuilds(server, pkg) {
  const site = editable(pkg, { file: "stories.py", edit: (text, mark) => `${text}\n# ${mark}\n` });
  const from = server.log.length;
  for (let n = 0; n < WHOLE_BUILDS; n++) {
    const before = server.log.length;
    site.save("overwrite", nextMark());
    await server.settled(before);
  }
  return builds(server.log, from).filter(({ whole }) => whole);
}

/** All figures of a catalog with `stories` stories, and of the floor, measured at the same time. */
async function measureSize(browser, stories, saves, withPeers) {
  const t = endings();
  try {
    const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const pkg = await seed(directory, stories);
    const text = join(directory, "floor.txt");
    await writeFile(text, "");
    const floor = await startFloor(t, directory, text);
    const server = await startStorytime(t, pkg);
    const result = { stories, load: loadavg()[0], floor: {}, edits: {}, phases: {} };
    const floorFile = { save: (way, mark) => WAYS[way](text, mark.padEnd(600)) };
    const files = Object.entries(EDITS).map(([name, edit]) => [name, editable(pkg, edit)]);
    result.first = await measureFirstEdits(server, pkg);
    for (const way of Object.keys(WAYS)) result.floor[way] = await measure(floor, browser, floorFile, way, saves);
    for (const [name, file] of files) {
      const from = server.log.length;
      result.edits[name] = {};
      for (const way of Object.keys(WAYS)) result.edits[name][way] = await measure(server, browser, file, way, saves);
      result.phases[name] = builds(server.log, from);
    }
    result.peers = [];
    for (const start of withPeers ? [startVite, startViteStyle, startStorybook, startPredecessor] : []) {
      if (start === startVite || start === startViteStyle || stories <= MOST_FOR_PEERS)
        result.peers.push(await measurePeer(browser, start, stories, saves));
    }
    result.memory = server.memory();
    result.whole = await measureWholeBuilds(server, pkg);
    return result;
  } finally {
    await t.run();
  }
}

const both = (values) => `${round(median(values))} / ${round(p95(values))}`;

function printSaves({ stories, floor, edits, peers, load }, saves) {
  console.log(
    `\n${stories} stories, median / p95 of ${saves} saves in ms, ratio of the medians to the floor; load ${round(load)}`,
  );
  const rows = [["", "to message", "ratio", "to DOM", "ratio"]];
  for (const way of Object.keys(WAYS)) {
    const { message, dom } = floor[way];
    rows.push([`floor, ${way}`, both(message), "1.0", both(dom), "1.0"]);
  }
  for (const { name, dom } of peers) {
    for (const way of Object.keys(WAYS)) {
      const ratio = round(median(dom[way]) / median(floor[way].dom));
      rows.push([`${name}, ${way}`, "-", "-", both(dom[way]), ratio]);
    }
  }
  for (const [name, ways] of Object.entries(edits)) {
    for (const [way, { message, dom }] of Object.entries(ways)) {
      const ratio = (values, base) => round(median(values) / median(base));
      rows.push([
        `${name}, ${way}`,
        both(message),
        ratio(message, floor[way].message),
        both(dom),
        ratio(dom, floor[way].dom),
      ]);
    }
  }
  table(rows);
}

function printPhases({ phases, first, whole, memory }) {
  const rows = [
    ["median of the builds", "modules", "rendered", "written", "imports", "stories", "files", "whole build"],
  ];
  const keys = ["modules", "rendered", "written", "imports", "stories", "files", "total"];
  for (const [name, list] of [...Object.entries(phases), ["everything", whole]]) {
    const of = (key) => median(list.map((build) => build[key]));
    rows.push([name, ...keys.map((key, n) => (n < 3 ? of(key) : round(of(key))))]);
  }
  table(rows);
  console.log(`first edit of a file, to message: ${both(first)} ms (${first.length} files)`);
  console.log(`memory after it all: server ${round(memory.server)} MiB, builder ${round(memory.builder)} MiB`);
}

const { values: options } = parseArgs({
  options: {
    sizes: { type: "string", default: "30,300" },
    saves: { type: "string", default: "20" },
    peers: { type: "boolean", default: false },
  },
});
const saves = Number(options.saves);

console.log(`${cpus().length} cores, ${cpus()[0].model}, node ${process.version}, Chromium ${browser.version()}`);
try {
  for (const stories of options.sizes.split(",").map(Number)) {
    const result = await measureSize(browser, stories, saves, options.peers);
    printSaves(result, saves);
    printPhases(result);
  }
} finally {
  await browser.close();
}
