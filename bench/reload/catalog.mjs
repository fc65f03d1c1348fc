// The edits of a catalog: which file, how its text changes the story that the page shows, and how the file is saved.
import { existsSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** The page that all edits change. */
export const PAGE = "content/avatar/two-words/index.html";

/** The edits. Each puts a mark where the story shows it. */
export const EDITS = {
  component: {
    file: "content/avatar/avatar.py",
    edit: (text, mark) => text.replace("{initials(name)}<", `{initials(name)} ${mark}<`),
  },
  stories: {
    file: "content/avatar/stories.py",
    edit: (text, mark) => text.replace('"Ada Lovelace"', `"Ada Lovelace ${mark}"`),
  },
  helper: {
    file: "content/style.py",
    edit: (text, mark) => text.replaceAll("[base]", `[base, "${mark}"]`),
  },
};

let marks = 0;

/** A mark that no other save uses. */
export const nextMark = () => `edit-${String(++marks).padStart(6, "0")}`;

export const MARK = /edit-\d{6}/g;

/** How files are saved. Some editors overwrite the file, others rename a new one. */
export const WAYS = {
  overwrite: writeFileSync,
  rename: (path, text) => {
    writeFileSync(`${path}___jb_tmp___`, text);
    renameSync(`${path}___jb_tmp___`, path);
  },
};

/** A file to edit with `save(way, mark)`. Throws if the edit would not put a mark into it. */
export function editable(pkg, { file, edit }) {
  const path = join(pkg, file);
  const text = readFileSync(path, "utf8");
  if (!edit(text, "MARK").includes("MARK")) throw new Error(`${path} has no place for a mark`);
  return { path, save: (way, mark) => WAYS[way](path, edit(text, mark)) };
}

/** The avatar components of all sections of a catalog, each with the page of a story. */
export function components(pkg) {
  const found = [];
  for (const section of readdirSync(pkg).filter((name) => /^content/.test(name)))
    for (const name of readdirSync(join(pkg, section)).filter((name) => /^avatar/.test(name)))
      if (existsSync(join(pkg, section, name, "avatar.py"))) found.push(`${section}/${name}`);
  return found.map((directory) => ({
    page: `${directory}/two-words/index.html`,
    file: `${directory}/avatar.py`,
    edit: EDITS.component.edit,
  }));
}

/** Import libraries in a helper of every component. */
export function importLibraries(pkg, [, modules]) {
  const imports = modules.map((module) => `import ${module}\n`).join("");
  for (const section of readdirSync(pkg)) {
    const style = join(pkg, section, "style.py");
    if (existsSync(style)) writeFileSync(style, `${readFileSync(style, "utf8")}\n\n${imports}`);
  }
}
