// examples/projects/: a save changes the open page, with each framework.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { before, test } from "node:test";
import { browser, LONG, PROGRAM, ROOT, example, open, picture, serve, temporary, violations } from "./support.mjs";

let libraries;
before(() => {
  try {
    const maker = join(ROOT, "tests/support/libraries.py");
    libraries = execFileSync("python3", [maker, dirname(PROGRAM)], { encoding: "utf8" })
      .trim()
      .split("\n")
      .at(-1);
  } catch (error) {
    if (error.status !== 77) throw error; // no package index can be reached
  }
});

const PROJECTS = {
  "fastapi-jinja": {
    story: "contact_card/active",
    style: [".avatar", "app/static/app.css", "#4338ca", "#123456", "backgroundColor"],
    markup: ["app/templates/components/contact_card.html", "<h2>", "<h2>Countess ", "Countess Ada Lovelace"],
    module: ["app/models.py", ".upper()", ".lower()", "al"],
  },
  django: {
    story: "product_card/in-stock",
    style: ["button", "shop/static/shop/shop.css", "#0f766e", "#123456", "backgroundColor"],
    markup: ["shop/templates/shop/product_card.html", "Add to basket", "Buy now", "Buy now"],
    module: ["shop/templatetags/money.py", "€ ", "EUR ", "EUR 39.90"],
  },
  htpy: {
    story: "notice/info",
    style: [".notice", "app/static/site.css", "#e0f2fe", "#123456", "backgroundColor"],
    module: ["app/components.py", "kind.title()", "kind.upper()", "INFO"],
  },
  fasthtml: {
    story: "task/done",
    style: [".done", "app/static/tasks.css", "#6b7280", "#123456", "color"],
    module: ["app/components.py", "Span(task.text,", 'Span(task.text + " today",', "Call Grace today"],
  },
  "htmx-tailwind": {
    story: "search/all-books",
    style: [
      ".bg-slate-50",
      "app/static/app.css",
      "--color-slate-50: ",
      "--color-slate-50: #123456; --x: ",
      "backgroundColor",
    ],
    module: ["app/components.py", "Find a book", "Look for a book", "Look for a book"],
  },
  "data-frames": {
    story: "tables/sales",
    style: ["body", "report/static/report.css", "#1e293b", "#123456", "color"],
    markup: ["data/sales.csv", "1420", "4321", "4321"],
    module: ["report/tables.py", "return read_sales()", "return read_sales() * 1000", "1200000"],
  },
};

/** A served copy of a project, and the page of its story. */
async function look(t, name) {
  if (!libraries) return t.skip("no package index can be reached for the libraries of these projects");
  const directory = await example(await temporary(t), join("projects", name));
  const server = await serve(t, undefined, { cwd: directory, options: ["--python", libraries] });
  const opened = await open(browser, `${server.url}${PROJECTS[name].story}/`);
  const frame = opened.page.frameLocator("#preview");
  const replace = async (file, old, text) => {
    const path = join(directory, file);
    const before = await readFile(path, "utf8");
    assert.ok(before.includes(old), `${file} has ${old}`);
    await writeFile(path, before.replaceAll(old, text));
  };
  return { ...opened, server, frame, replace };
}

const SHORT = ["fastapi-jinja", "htpy"]; // tests/projects/test_examples.py saves files of all projects

for (const [name, { style, markup, module }] of Object.entries(PROJECTS)) {
  const skip = !LONG && !SHORT.includes(name) && "only with the long tests";
  test(`${name}: saves of a stylesheet, a template and a module change the page`, { skip }, async (t) => {
    const looked = await look(t, name);
    if (!looked) return;
    const { page, frame, faults, replace } = looked;
    const [selector, file, old, text, property] = style;
    await frame.locator(selector).first().waitFor();
    await picture(page, `project-${name}`);
    await page.evaluate(() => (window.stayed = true));
    await replace(file, old, text);
    await page.waitForFunction(
      ([selector, name]) => {
        const node = document.getElementById("preview").contentDocument?.querySelector(selector);
        return node && getComputedStyle(node)[name] === "rgb(18, 52, 86)";
      },
      [selector, property],
    );
    for (const [edited, before, after, shown] of [markup, module].filter(Boolean)) {
      await replace(edited, before, after);
      await frame.getByText(shown).first().waitFor();
    }
    assert.equal(await page.evaluate(() => window.stayed), true);
    assert.deepEqual(faults, []);
    assert.deepEqual(await violations(page), []);
  });
}
