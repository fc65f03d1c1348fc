// Times every kind of save, from the write to the changed page, and the build that it starts:
//
//     tools/devroot run -- node bench/reload/kinds.mjs [--sizes 300,3000] [--saves 20] [--only NAME] [--isolation process]
//         [--pydantic | --stack] [--peers] [--picture FILE]
//
// --pydantic installs pydantic from PyPI into an environment below the temporary directory, and imports it in a helper of every
// component; --stack does so with SQLAlchemy, NumPy, pandas, Matplotlib, Pillow and lxml, too. --peers also measures a server that only reads and pushes the file, Vite, Storybook and storytime's predecessor, which
// are installed below the same directory. Uses build/storytime, or $STORYTIME. See docs/performance.md.
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { browser, seed } from "../../tests/browser/support.mjs";
import { components, importLibraries, nextMark } from "./catalog.mjs";
import { median, p95, round, table } from "./figures.mjs";
import { PYDANTIC, pythonEnvironment, STACK } from "./npm.mjs";
import { measurePeer, startPredecessor, startStorybook, startVite, startViteStyle } from "./peers.mjs";
import { drawPicture } from "./picture.mjs";
import { endings, rested, timeSaves } from "./saves.mjs";
import { builds, startFloor, startStorytime } from "./servers.mjs";

const PEER_STORIES = 300; // with more, Storybook takes minutes to start
const AVATAR = "content/avatar/avatar.py";
const STORIES = "content/avatar/stories.py";
const MOVED = `from storytime import Story, Subject

from ..avatar.avatar import Avatar


def this_subject() -> Subject:
    return Subject(title=__package__.rpartition(".")[2].replace("_", "-"), items=[Story(target=Avatar, props={"name": "A"})])
`;

const originals = new Map(); // the texts of edited files, by path

/** The text of a file that is about to be edited. restore() brings it back. */
function take(path) {
  const text = readFileSync(path, "utf8");
  originals.set(path, text);
  return text;
}

/** Write the original texts back to the files that were edited. */
function restore() {
  for (const [path, text] of originals) writeFileSync(path, text);
  originals.clear();
}

/** An edit that replaces a part of a file by a text with the mark. */
const part = (name, before, after) => (pkg) => {
  const path = join(pkg, name);
  const text = take(path);
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
  return (mark) => writeFileSync(path, text.replace(before, after(mark)));
};

/** Two edits in turns. */
const inTurn = (first, second) => (pkg) => {
  const [one, other] = [first(pkg), second(pkg)];
  let turns = 0;
  return (mark) => (turns++ % 2 === 0 ? one : other)(mark);
};

const directory = (pkg, mark) => join(pkg, "content", mark.replace("-", "_"));

function addDirectory(pkg) {
  let last = null;
  return (mark) => {
    if (last) rmSync(last, { recursive: true });
    last = directory(pkg, mark);
    mkdirSync(last);
    writeFileSync(join(last, "stories.py"), MOVED);
  };
}

function renameDirectory(pkg) {
  let last = directory(pkg, nextMark());
  mkdirSync(last);
  writeFileSync(join(last, "stories.py"), MOVED);
  return (mark) => {
    const next = directory(pkg, mark);
    renameSync(last, next);
    last = next;
  };
}

/** Changes ten components at once, that of the page among them, as `git checkout` of a branch does. */
function checkOut(pkg) {
  const all = components(pkg).slice(0, 10);
  const files = all.map(({ file, edit }) => ({
    path: join(pkg, file),
    text: take(join(pkg, file)),
    edit,
  }));
  return (mark) => files.forEach(({ path, text, edit }) => writeFileSync(path, edit(text, mark)));
}

function dataFile(pkg) {
  const path = join(pkg, "content/avatar/note.txt");
  return (mark) => writeFileSync(path, mark);
}

const shown = "{initials(name)}<";
const component = part(AVATAR, shown, (mark) => `{initials(name)} ${mark}<`);
const broken = part(AVATAR, shown, (mark) => `{nowhere("${mark}")}<`);

/** The kinds of saves. Each value makes the function that saves a mark. */
const KINDS = {
  "a component": component,
  "its stories": part(STORIES, '"Ada Lovelace"', (mark) => `"Ada Lovelace ${mark}"`),
  "a helper": part("content/style.py", "[base] if", (mark) => `[base, "${mark}"] if`),
  "a data file that a story reads": dataFile,
  "a stylesheet": part("static/gallery.css", "", (mark) => `:root { --mark: ${mark}; }\n`),
  "a subject's title": part(STORIES, 'title="Avatar"', (mark) => `title="Avatar ${mark}"`),
  "a story comes": part(STORIES, "items=[", (mark) => `items=[Story(title="${mark}", props={"name": "A"}),`),
  "an error comes, and goes": inTurn(broken, component),
  "a section's title": part("content/stories.py", 'title="Content"', (mark) => `title="Content ${mark}"`),
  "a directory comes, another goes": addDirectory,
  "a directory has another name": renameDirectory,
  "ten components at once": checkOut,
  "the layout": part("layout.py", "<body>", (mark) => `<body data-mark="${mark}"><i>${mark}</i>`),
  "the site": part("stories.py", 'title="Gallery"', (mark) => `title="Gallery ${mark}"`),
};

/** Let the story of the page read a data file, and import libraries in a helper of every component. */
function prepare(pkg, libraries) {
  const avatar = join(pkg, AVATAR);
  const text = readFileSync(avatar, "utf8");
  writeFileSync(join(pkg, "content/avatar/note.txt"), "");
  writeFileSync(
    avatar,
    text
      .replace("from string", "from pathlib import Path\nfrom string")
      .replace("{initials(name)}<", '{initials(name)}<i>{Path(__file__).with_name("note.txt").read_text()}</i><')
      .replace("</i><", "</i>{initials(name)}<"),
  );
  if (libraries) importLibraries(pkg, libraries);
}

async function measureKind(server, browser, save, saves) {
  const page = await server.lookAt(browser, true);
  const from = server.log.length;
  const dom = await timeSaves(rested(server), page, { save: (_, mark) => save(mark) }, null, saves);
  await page.close();
  return { dom, build: builds(server.log, from).map(({ total }) => total) };
}

async function measureSize(browser, stories, { saves, options, only, libraries }) {
  const t = endings();
  try {
    const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const pkg = await seed(directory, stories);
    prepare(pkg, libraries);
    const server = await startStorytime(t, pkg, options);
    const rows = [];
    for (const [name, make] of Object.entries(KINDS)) {
      if (only && !name.includes(only)) continue;
      const { dom, build } = await measureKind(server, browser, make(pkg), saves);
      rows.push({ name, dom, build });
      const from = server.log.length;
      restore();
      if (!/data file|directory/.test(name)) await server.settled(from);
    }
    console.log(`\nmedians of ${saves} saves in ms; load ${round(loadavg()[0])}`);
    table([
      [`${stories} stories`, "to DOM", "p95", "whole build"],
      ...rows.map(({ name, dom, build }) => [name, ...[median(dom), p95(dom), median(build)].map(round)]),
    ]);
    return { stories, rows };
  } finally {
    await t.run();
  }
}

async function startFloorPeer(t) {
  const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
  t.after(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, "floor.txt");
  writeFileSync(path, "");
  const floor = rested(await startFloor(t, directory, path));
  const save = (way, mark) => writeFileSync(path, mark.padEnd(600));
  return { ...floor, name: "floor: reads and pushes a file", file: () => ({ save }) };
}

/** Time the saves of other tools: of a component, or of what is nearest to that. */
async function measurePeers(browser, saves) {
  const rows = [];
  for (const start of [startFloorPeer, startVite, startViteStyle, startStorybook, startPredecessor]) {
    const { name, dom } = await measurePeer(browser, start, PEER_STORIES, saves, ["overwrite"]);
    rows.push({ name, dom: dom.overwrite });
  }
  console.log(`\nothers, at ${PEER_STORIES} stories; load ${round(loadavg()[0])}`);
  table([["", "to DOM", "p95"], ...rows.map(({ name, dom }) => [name, round(median(dom)), round(p95(dom))])]);
  return rows;
}

const { values } = parseArgs({
  options: {
    sizes: { type: "string", default: "300" },
    saves: { type: "string", default: "20" },
    only: { type: "string" },
    isolation: { type: "string", default: "subinterpreters" },
    pydantic: { type: "boolean", default: false },
    stack: { type: "boolean", default: false },
    peers: { type: "boolean", default: false },
    picture: { type: "string" },
  },
});
const options = ["--isolation", values.isolation];
const libraries = values.stack ? STACK : values.pydantic ? PYDANTIC : null;
if (libraries) options.push("--python", pythonEnvironment(libraries));
const saves = 2 * Math.ceil(values.saves / 2);

try {
  const peers = values.peers ? await measurePeers(browser, saves) : [];
  const results = [];
  for (const stories of values.sizes.split(",").map(Number))
    results.push(await measureSize(browser, stories, { ...values, saves, options, libraries }));
  if (values.picture) writeFileSync(values.picture, drawPicture(results, peers, saves));
} finally {
  await browser.close();
}
