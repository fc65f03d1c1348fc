// Twelve components with two stories each, for storytime and for Storybook, with the same arguments and the same HTML.
import { execFileSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { binary, installStorybook, version } from "./reload/npm.mjs";

const TAGS = {
  Alert: "section",
  Badge: "small",
  Button: "button",
  Card: "article",
  Choice: "label",
  Figure: "figure",
  Heading: "h2",
  Mark: "mark",
  Note: "aside",
  Quote: "blockquote",
  Text: "p",
  Total: "output",
};

const SITE = `from storytime import Site


def this_site() -> Site:
    return Site(title="Twelve")
`;

const python = (name, tag) => `from string.templatelib import Template
from typing import Literal

from storytime import Story, Subject


def ${name}(*, label: str, kind: Literal["plain", "strong"] = "plain", count: int = 1, small: bool = False) -> Template:
    """Shows a label.

    Args:
        label: What it says.
        kind: How much it asks for attention.
        count: How many there are.
        small: Whether it takes less room.
    """
    size = "small" if small else "normal"
    return t'<${tag} class="{kind} {size}">{label} {count}</${tag}>'


def this_subject() -> Subject:
    first = Story(title="First", props={"label": "First"})
    second = Story(title="Second", props={"label": "Second", "kind": "strong", "count": 2, "small": True})
    return Subject(title="${name}", target=${name}, items=[first, second])
`;

const javascript = (name, tag) => `const ${name} = ({ label, kind, count, small }) =>
  \`<${tag} class="\${kind} \${small ? "small" : "normal"}">\${label} \${count}</${tag}>\`;

export default {
  title: "${name}",
  render: ${name},
  tags: ["autodocs"],
  args: { kind: "plain", count: 1, small: false },
  argTypes: {
    label: { description: "What it says.", control: "text" },
    kind: { description: "How much it asks for attention.", control: "select", options: ["plain", "strong"] },
    count: { description: "How many there are.", control: "number" },
    small: { description: "Whether it takes less room.", control: "boolean" },
  },
};
export const First = { args: { label: "First" } };
export const Second = { args: { label: "Second", kind: "strong", count: 2, small: true } };
`;

/** Write the catalog for storytime. Returns the directory of the package. */
export function writeCatalog(directory) {
  const pkg = join(directory, "twelve");
  mkdirSync(pkg);
  writeFileSync(join(pkg, "stories.py"), SITE);
  for (const [name, tag] of Object.entries(TAGS)) {
    mkdirSync(join(pkg, name.toLowerCase()));
    writeFileSync(join(pkg, name.toLowerCase(), "stories.py"), python(name, tag));
  }
  return pkg;
}

/** Build Storybook 10 with docs pages of the same components. Returns the directory of the build, and Storybook's version. */
export function buildStorybook() {
  const directory = installStorybook();
  const own = join(directory, "twelve");
  mkdirSync(join(own, ".storybook"), { recursive: true });
  const main = {
    framework: "@storybook/html-vite",
    stories: ["../*.stories.js"],
    addons: ["@storybook/addon-docs"],
    core: { disableTelemetry: true },
  };
  writeFileSync(join(own, "package.json"), '{"name": "twelve", "private": true, "type": "module"}');
  writeFileSync(join(own, ".storybook/main.js"), `export default ${JSON.stringify(main)};\n`);
  for (const [name, tag] of Object.entries(TAGS))
    writeFileSync(join(own, `${name.toLowerCase()}.stories.js`), javascript(name, tag));
  const command = [
    join(directory, "node_modules", binary(directory, "storybook")),
    "build",
    "--output-dir",
    "out",
    "--quiet",
  ];
  execFileSync(process.execPath, command, {
    cwd: own,
    env: { ...process.env, CI: "1", STORYBOOK_DISABLE_TELEMETRY: "1" },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return { out: join(own, "out"), version: version(directory, "storybook") };
}
