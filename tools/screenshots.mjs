#!/usr/bin/env node
// Takes the README's screenshots of the gallery: `tools/devroot run -- tools/screenshots.mjs`.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { browser, build, open, picture, ROOT, seed, serveFiles } from "../tests/browser/support.mjs";

const IMAGES = [
	["story", "content/card/with-a-picture/index.html", "light"],
	["dark", "data/table/with-badges/index.html", "dark"],
	["badges", "content/alert/urgent-yet-silent/index.html", "light", ".verdict"],
	["catalog", "index.html", "light"],
];
const ends = [];
const t = { after: (end) => ends.push(end) };
const directory = await mkdtemp(join(tmpdir(), "storytime-screenshots-"));
t.after(() => rm(directory, { recursive: true }));
t.after(() => browser.close());
const url = await serveFiles(t, await build(directory, await seed(directory, "small")));

for (const [name, path, colorScheme, pressed] of IMAGES) {
	const { page } = await open(browser, url + path, { colorScheme, viewport: { width: 1280, height: 800 } });
	if (pressed) await page.click(pressed);
	await picture(page, name, join(ROOT, "docs/images"));
	await page.context().close();
}
for (const end of ends.reverse()) await end();
