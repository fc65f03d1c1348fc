// Measures the projects of examples/projects/: times from a save to the changed page, cold builds, and memory:
//
//     tools/devroot run -- node bench/reload/projects.mjs [--saves 20] [--builds 10] [--only NAME]
//
// Their libraries are installed from PyPI into an environment beside the program, as for the tests. Each project is served with the
// settings of its pyproject.toml. Uses build/storytime, or $STORYTIME. See docs/performance.md.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { loadavg, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { example, browser, PROGRAM, ROOT } from "../../tests/browser/support.mjs";
import { median, p95, round, table } from "./figures.mjs";
import { now } from "./listeners.mjs";
import { endings, rested, timeSaves } from "./saves.mjs";
import { startStorytime } from "./servers.mjs";

/** The page that is observed, and the edits: a file, a text in it, and what replaces the text. */
const PROJECTS = {
  "fastapi-jinja": {
    page: "contact_card/active",
    module: ["app/models.py", ".upper()", (mark) => `.upper() + "${mark}"`],
    template: ["app/templates/components/contact_card.html", "<h2>", (mark) => `<h2>${mark} `],
    stylesheet: "app/static/app.css",
  },
  django: {
    page: "product_card/in-stock",
    module: ["shop/templatetags/money.py", "€ ", (mark) => `${mark} `],
    template: ["shop/templates/shop/product_card.html", "Add to basket", (mark) => `Add to basket ${mark}`],
    stylesheet: "shop/static/shop/shop.css",
  },
  htpy: {
    page: "notice/info",
    module: ["app/components.py", "kind.title()", (mark) => `kind.title() + "${mark}"`],
    stylesheet: "app/static/site.css",
  },
  fasthtml: {
    page: "task/done",
    module: ["app/components.py", "Span(task.text,", (mark) => `Span(task.text + "${mark}",`],
    stylesheet: "app/static/tasks.css",
  },
  "htmx-tailwind": {
    page: "search/all-books",
    module: ["app/components.py", "Find a book", (mark) => `Find a book ${mark}`],
    stylesheet: "app/static/app.css",
  },
  "src-layout": {
    page: "amount/credit",
    module: ["src/ledger/components.py", "{text}</span>", (mark) => `{text} ${mark}</span>`],
    template: ["src/ledger/currencies.toml", 'sign = "€"', (mark) => `sign = "€ ${mark}"`],
    stylesheet: "src/ledger/static/ledger.css",
  },
  "data-frames": {
    page: "tables/sales",
    module: ["report/tables.py", "return read_sales()\n", (mark) => `return read_sales().assign(mark="${mark}")\n`],
    template: ["data/sales.csv", "North", (mark) => `North ${mark}`],
    stylesheet: "report/static/report.css",
  },
};

/** The environment with all libraries, which the tests use, too. */
function libraries() {
  const maker = join(ROOT, "tests/support/libraries.py");
  return execFileSync("python3", [maker, dirname(PROGRAM)], {
    encoding: "utf8",
  })
    .trim()
    .split("\n")
    .at(-1);
}

const sitePackages = (environment) =>
  join(environment, "lib", readdirSync(join(environment, "lib"))[0], "site-packages");

/** The environment of a project. One with a `src` directory gets its own, with an editable install. */
function environmentOf(project, directory, shared) {
  if (!readdirSync(project).includes("src")) return shared;
  const own = join(directory, "environment");
  execFileSync("python3", ["-m", "venv", "--without-pip", own]);
  writeFileSync(join(sitePackages(own), "libraries.pth"), `${sitePackages(shared)}\n`);
  const install = ["install", "--quiet", "--no-index", "--no-deps", "--no-build-isolation", "-e", project];
  execFileSync(join(shared, "bin/python"), ["-m", "pip", "--python", join(own, "bin/python"), ...install]);
  return own;
}

/** A file to save with a mark in it. */
function edit(project, [name, before, after]) {
  const path = join(project, name);
  const text = readFileSync(path, "utf8");
  if (!text.includes(before)) throw new Error(`${path} has no ${before}`);
  return {
    save: (_, mark) => writeFileSync(path, text.replace(before, after(mark))),
    restore: () => writeFileSync(path, text),
  };
}

/** Time saves of one file, until the page shows each. */
async function measureSaves(server, browser, file, saves) {
  const page = await server.lookAt(browser, true);
  const took = await timeSaves(rested(server), page, file, null, saves);
  await page.close();
  const from = server.log.length;
  file.restore();
  await rested(server).settled(from);
  return took;
}

/** Time whole processes of `storytime build`, each into a directory that does not exist. */
function measureBuilds(project, directory, python, builds) {
  const took = [];
  for (let n = 0; n < builds; n++) {
    const begun = now();
    execFileSync(PROGRAM, ["build", "stories", join(directory, `out-${n}`), "--python", python, "-q"], {
      cwd: project,
    });
    took.push(now() - begun);
  }
  return took;
}

/** All figures of a project. */
async function measureProject(browser, name, shared, { saves, builds }) {
  const { page, module, template, stylesheet } = PROJECTS[name];
  const css = [stylesheet, "", (mark) => `:root { --mark: ${mark}; }\n`];
  const t = endings();
  try {
    const directory = await mkdtemp(join(tmpdir(), "storytime-bench-"));
    t.after(() => rm(directory, { recursive: true, force: true }));
    const project = await example(directory, join("projects", name));
    const python = environmentOf(project, directory, shared);
    measureBuilds(project, directory, python, 1); // leaves .pyc files
    const cold = measureBuilds(project, join(directory, "counted"), python, builds);
    const server = await startStorytime(t, undefined, ["--python", python], {
      cwd: project,
      page: `${page}/index.html`,
    });
    const took = {};
    for (const [kind, what] of Object.entries({
      module,
      template,
      stylesheet: css,
    }))
      if (what) took[kind] = await measureSaves(server, browser, edit(project, what), saves);
    return { name, took, cold, memory: server.shares() };
  } finally {
    await t.run();
  }
}

const both = (values) => (values === undefined ? "-" : `${round(median(values))} / ${round(p95(values))}`);

function print(results) {
  table([
    ["", "a module", "a template, data", "a stylesheet", "cold build"],
    ...results.map(({ name, took, cold }) =>
      [name, took.module, took.template, took.stylesheet, cold].map((value, n) => (n === 0 ? value : both(value))),
    ),
  ]);
  console.log("\nmemory in MiB: resident of the first process, the share of all (PSS), how many there are");
  const memory = ({ resident, share, processes }) => [round(resident), round(share), processes];
  table([
    ["", "server", "share", "builder", "share", "processes"],
    ...results.map(({ name, memory: { server, builder } }) => [
      name,
      ...memory(server).slice(0, 2),
      ...memory(builder),
    ]),
  ]);
}

const { values } = parseArgs({
  options: {
    saves: { type: "string", default: "20" },
    builds: { type: "string", default: "10" },
    only: { type: "string" },
  },
});
const counts = { saves: Number(values.saves), builds: Number(values.builds) };
const shared = libraries();

try {
  const results = [];
  for (const name of Object.keys(PROJECTS))
    if (!values.only || name.includes(values.only)) results.push(await measureProject(browser, name, shared, counts));
  console.log(
    `\nmedian / p95 of ${counts.saves} saves from the write to the changed page, and of ${counts.builds} builds, in ms; load ${round(loadavg()[0])}`,
  );
  print(results);
} finally {
  await browser.close();
}
