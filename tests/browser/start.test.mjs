// Before the first build of a server has ended: a page that waits, and is replaced by the requested one.
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { appendFile, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { browser, open, picture, seed, serve, temporary, violations } from "./support.mjs";

/** A catalog whose builds wait until `release()`. */
async function gated(t) {
  const directory = await temporary(t);
  const pkg = await seed(directory, 40);
  const gate = join(directory, "gate");
  const stories = join(pkg, "stories.py");
  await promisify(execFile)("mkfifo", [gate]);
  await writeFile(stories, `open(${JSON.stringify(gate)}).read()\n${await readFile(stories, "utf8")}`);
  return { pkg, stories, release: () => appendFile(gate, "") };
}

const INDEX = "#main";

describe("before the first build", () => {
  test("a page says that it is being built, and appears by itself", async (t) => {
    const { pkg, release } = await gated(t);
    const server = await serve(t, pkg, { early: true, options: ["--build-timeout", "300"] });
    const { page } = await open(browser, server.url, { own: true, bypassCSP: true }); // axe-core needs it; the next test has the policy
    await page.getByRole("heading", { name: "Building the catalog" }).waitFor();
    await page.getByRole("status").getByText("Starting Python").waitFor();
    assert.deepEqual(await violations(page), []);
    for (const [width, height] of [
      [1440, 900],
      [768, 900],
      [390, 800],
    ]) {
      for (const colorScheme of ["light", "dark"]) {
        await page.setViewportSize({ width, height });
        await page.emulateMedia({ colorScheme });
        await picture(page, `start-${width}-${colorScheme}`);
      }
    }
    await release();
    await page.locator(INDEX).waitFor();
    assert.equal(await page.locator("progress").count(), 0);
  });

  test("a failed first build is shown, and the page after the save that repairs it", async (t) => {
    const { pkg, stories, release } = await gated(t);
    const good = await readFile(stories, "utf8");
    await writeFile(stories, good.replace(/\n[^]*/, "\n"));
    const server = await serve(t, pkg, { early: true });
    const { page } = await open(browser, server.url);
    await page.getByRole("heading", { name: "Building the catalog" }).waitFor();
    await release();
    await page.getByRole("heading", { name: "The catalog could not be built" }).waitFor();
    assert.equal(await page.getByRole("progressbar").count(), 0);
    await picture(page, "start-failed");
    await writeFile(stories, good.slice(good.indexOf("\n") + 1));
    await page.locator(INDEX).waitFor();
  });
});
