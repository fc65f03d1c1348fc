// Roles and accessible names: those of RenderedStory, compared with what getByRole() finds in a browser.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { SNIPPETS } from "./roles_snippets.mjs";
import { browser, LONG, PROGRAM, ROOT, temporary } from "./support.mjs";

/**
 * Prints, for each snippet and each story of the gallery: its HTML; [role, name, level] of each element, or null if it has no role or is
 * hidden; the same for hidden elements only; and the states of each element that is not hidden.
 */
const SCRIPT = `
import json, sys
from pathlib import Path
from storytime import RenderedStory
from storytime._collected import Stories
from storytime._states import STATES

def facts(element, hidden):
    told = element.hidden == hidden and element.role is not None
    return [element.role, element.name, element.level] if told else None

def states(element):
    asked = [] if element.hidden else [(name, kind) for name, kind in STATES.items() if element.role in kind.roles]
    return {name: kind.of(element._node()) for name, kind in asked}

def answers(html):
    elements = RenderedStory(html).select("body *")
    return [html, *([facts(e, hidden) for e in elements] for hidden in (False, True)), [states(e) for e in elements]]

def rendered(stories):
    for story in stories.by_path.values():
        try:
            yield str(stories.render(story))
        except Exception:
            pass  # the gallery has one that fails

gallery = Stories(sys.argv[1], Path(sys.argv[1]).parent)
htmls = [*json.load(open(sys.argv[2])), *rendered(gallery)]
json.dump([answers(html) for html in htmls], sys.stdout)
`;

const ROLES = [...(await readFile(join(ROOT, "src/query/roles.h"), "utf8")).matchAll(/X\(\w+, "(\w+)"/g)].map(
  ([, role]) => role,
);

/** Where Playwright deviates from the standards, and we do not. */
const KNOWN = [
  // HTML-AAM: an area of an image map is a link, although CSS does not display it.
  'ours link: element 1 of <map name="m"><area href="/x" alt="Region"></map><img usemap="#m" src="x.png" alt="Map">',
  'name ["link","Region",null]: element 1 of <map name="m"><area href="/x" alt="Region"></map><img usemap="#m" src="x.png" alt="Map">',
  // WAI-ARIA: a heading without a level has level 2.
  'name ["heading","Without a level",2]: element 0 of <div role="heading">Without a level</div>',
  // HTML-AAM: a label names an <input> that is a button, and the attribute `label` names options and their groups. Chromium agrees.
  'name ["group","Large",null]: element 2 of <select multiple aria-label="Sizes"><option>S</option><optgroup label="Large"><option label="XL">x</option></optgroup></select>',
  'name ["option","XL",null]: element 3 of <select multiple aria-label="Sizes"><option>S</option><optgroup label="Large"><option label="XL">x</option></optgroup></select>',
  'name ["button","L",null]: element 1 of <label>L <input type="submit" value="1"></label>',
  'name ["button","L",null]: element 1 of <label for="i">L</label><input id="i" type="submit" value="1" title="T">',
  'name ["button","L",null]: element 1 of <label>L <input type="button" value="1"></label>',
  'name ["button","L",null]: element 1 of <label for="i">L</label><input id="i" type="button" value="1" title="T">',
];

/** The same for states: HTML-AAM says that a fieldset is disabled, too. */
const FIELDSETS = [
  '1 of <form aria-label="Order"><fieldset disabled><legend>Card</legend><label>Number <input required></label></fieldset><button>Pay</button></form>',
  '0 of <fieldset disabled><legend>Disabled <button>In the legend</button></legend><button>Inside</button><input aria-label="Text"></fieldset>',
];
const KNOWN_STATES = [
  ...FIELDSETS.map((place) => `theirs ["group",{"disabled":false}]: element ${place}`),
  ...FIELDSETS.map((place) => `ours ["group",{"disabled":true}]: element ${place}`),
  'ours ["link",{"disabled":false}]: element 1 of <map name="m"><area href="/x" alt="Region"></map><img usemap="#m" src="x.png" alt="Map">',
];

/** Our results: [{html, elements, hidden, states}]. */
async function ours(directory) {
  const snippets = join(directory, "snippets.json");
  await writeFile(snippets, JSON.stringify(SNIPPETS));
  const { stdout } = await promisify(execFile)("python3", ["-c", SCRIPT, join(ROOT, "examples/gallery"), snippets], {
    env: { ...process.env, PYTHONPATH: join(dirname(PROGRAM), "python") },
    maxBuffer: 1 << 26,
  });
  return JSON.parse(stdout).map(([html, elements, hidden, states]) => ({ html, elements, hidden, states }));
}

/** A page with every snippet in a shadow root of its own, so that their ids do not clash. */
async function show(t, snippets) {
  const page = await browser.newPage();
  t.after(() => page.close());
  await page.setContent("<!doctype html><title>Snippets</title>");
  await page.evaluate((htmls) => {
    for (const html of htmls) {
      const host = document.body.appendChild(document.createElement("div"));
      host.attachShadow({ mode: "open" }).innerHTML = html;
    }
  }, snippets);
  return page;
}

/** "none" and "presentation" are synonyms. */
const byRole = (page, role, options) =>
  role === "presentation"
    ? page.getByRole(role, options).or(page.getByRole("none", options))
    : page.getByRole(role, options);

/** Which elements a locator finds: "snippet.element". */
const found = (locator) =>
  locator.evaluateAll((elements) => {
    const hosts = [...document.body.children];
    return elements
      .filter((element) => element.getRootNode() instanceof ShadowRoot)
      .map((element) => {
        const root = element.getRootNode();
        return `${hosts.indexOf(root.host)}.${[...root.querySelectorAll("*")].indexOf(element)}`;
      });
  });

test(
  "roles and names agree with the browser's for elements of every kind, and for the gallery",
  { skip: !LONG },
  async (t) => {
    const snippets = await ours(await temporary(t));
    const page = await show(
      t,
      snippets.map(({ html }) => html),
    );
    const named = new Map(); // our results: "role\0name\0level" -> its elements
    const there = new Map(); // "snippet.element" -> our role
    snippets.forEach(({ elements }, number) =>
      elements.forEach((facts, element) => {
        if (facts === null) return;
        const key = JSON.stringify(facts);
        named.set(key, [...(named.get(key) ?? []), `${number}.${element}`]);
        there.set(`${number}.${element}`, facts[0]);
      }),
    );
    const differences = [];
    const differ = (what, place, text) => {
      const [snippet, element] = place.split(".");
      differences.push(`${what} ${text}: element ${element} of ${snippets[snippet].html}`);
    };
    for (const role of ROLES) {
      const theirs = new Set(await found(byRole(page, role)));
      for (const place of theirs) if (there.get(place) !== role) differ("theirs", place, role);
      for (const [place, own] of there) if (own === role && !theirs.has(place)) differ("ours", place, role);
    }
    for (const [key, places] of named) {
      const [role, name, level] = JSON.parse(key);
      const options = { name: name === "" ? /^$/ : name, exact: true, ...(level === null ? {} : { level }) };
      const theirs = new Set(await found(byRole(page, role, options)));
      for (const place of places) if (!theirs.has(place)) differ("name", place, key);
    }
    assert.deepEqual(differences.sort(), KNOWN.sort());
    assert.ok(snippets.length > 280 && named.size > 250);
  },
);

test("states, and roles of hidden elements, agree with the browser's", async (t) => {
  const snippets = await ours(await temporary(t));
  const page = await show(
    t,
    snippets.map(({ html }) => html),
  );
  const asked = new Map(); // "role, options" -> the elements that match according to us
  const ask = (role, options, place) => {
    const key = JSON.stringify([role, options]);
    asked.set(key, [...(asked.get(key) ?? []), place]);
  };
  snippets.forEach(({ elements, hidden, states }, number) => {
    states.forEach((facts, element) => {
      for (const [state, value] of Object.entries(facts)) {
        const role = elements[element][0];
        if (role === "group" && state === "expanded") continue; // <details> by HTML-AAM; Playwright refuses to look for it
        if (typeof value === "boolean") ask(role, { [state]: value }, `${number}.${element}`);
      }
    });
    hidden.forEach((facts, element) => {
      if (facts === null || facts[1] === "") return;
      ask(facts[0], { name: facts[1], exact: true, includeHidden: true }, `${number}.${element}`);
    });
  });
  const differences = [];
  for (const [key, places] of asked) {
    const [role, options] = JSON.parse(key);
    const theirs = await found(byRole(page, role, options));
    const extra = options.includeHidden ? [] : theirs.filter((place) => !places.includes(place));
    for (const place of [...extra, ...places.filter((one) => !theirs.includes(one))]) {
      const [snippet, element] = place.split(".");
      differences.push(
        `${extra.includes(place) ? "theirs" : "ours"} ${key}: element ${element} of ${snippets[snippet].html}`,
      );
    }
  }
  assert.deepEqual(differences.sort(), KNOWN_STATES.sort());
  assert.ok(asked.size > 60, `${asked.size}`);
});
