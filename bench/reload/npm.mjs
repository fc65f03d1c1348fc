// Installs the packages from npm and PyPI that the benchmarks need, each in a directory of its own below the temporary one.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Install packages from npm, unless an earlier run did so. Returns the directory. */
export function install(names) {
  const directory = join(tmpdir(), "storytime-bench-peers", names[0].replace("@", "-"));
  if (!existsSync(join(directory, "node_modules"))) {
    mkdirSync(directory, { recursive: true });
    writeFileSync(join(directory, "package.json"), '{"private": true, "type": "module"}');
    execFileSync("npm", ["install", "--silent", "--no-audit", "--no-fund", ...names], { cwd: directory });
  }
  return directory;
}

/** Install Storybook with its docs addon. */
export const installStorybook = () =>
  install(["storybook@10", "@storybook/html-vite@10", "@storybook/addon-docs@10", "vite@8"]);

/** The path of a package's program, relative to node_modules. */
export function binary(directory, name) {
  const { bin } = JSON.parse(readFileSync(join(directory, "node_modules", name, "package.json"), "utf8"));
  return join(name, typeof bin === "string" ? bin : bin[name]);
}

export const version = (directory, name) =>
  JSON.parse(readFileSync(join(directory, "node_modules", name, "package.json"), "utf8")).version;

/** The libraries of which one or all are imported in every component's helper: what is installed, and what is imported. */
export const PYDANTIC = [["pydantic"], ["pydantic"]];
export const STACK = [
  ["pydantic", "sqlalchemy", "numpy", "pandas", "matplotlib", "pillow", "lxml"],
  ["pydantic", "sqlalchemy.orm", "numpy", "pandas", "matplotlib.figure", "PIL.Image", "lxml.etree"],
];

/** A Python environment with these libraries, made at the first call. */
export function pythonEnvironment([packages]) {
  const environment = join(tmpdir(), "storytime-bench-peers", packages.join("-"));
  if (!existsSync(environment)) {
    execFileSync("python3", ["-m", "venv", environment]);
    execFileSync(join(environment, "bin/python"), ["-m", "pip", "install", "--quiet", ...packages]);
  }
  return environment;
}
