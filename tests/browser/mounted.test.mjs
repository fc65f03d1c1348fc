// A catalog that is mounted below a path of a Python application: the live client finds the server there.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";
import { browser, example, open, PROGRAM, temporary } from "./support.mjs";

const HOST = (catalog) => `from starlette.applications import Starlette
from starlette.routing import Mount
from storytime.asgi import create_app

catalog = create_app(${JSON.stringify(catalog)}, use_subinterpreters=True)
app = Starlette(routes=[Mount("/some/where", app=catalog)], lifespan=catalog.lifespan)
`;

/** Start uvicorn with the application. Its address. */
async function host(t, directory) {
  const child = spawn("python3", ["-m", "uvicorn", "host:app", "--port", "0"], {
    cwd: directory,
    stdio: ["ignore", "ignore", "pipe"],
    env: { ...process.env, PYTHONPATH: join(dirname(PROGRAM), "python") },
  });
  const ended = new Promise((done) => child.on("exit", done));
  t.after(() => (child.kill("SIGTERM"), ended));
  const log = [];
  return new Promise((ready, failed) => {
    child.on("close", () => failed(new Error(log.join("\n"))));
    createInterface({ input: child.stderr }).on("line", (line) => {
      log.push(line);
      const found = line.match(/Uvicorn running on (\S+)/);
      if (found) ready(found[1]);
    });
  });
}

test("a save changes the page below the path of the application", async (t) => {
  const directory = await temporary(t);
  const catalog = await example(directory, "minimal");
  await writeFile(join(directory, "host.py"), HOST(catalog));
  const url = await host(t, directory);
  const { page, faults } = await open(browser, `${url}/some/where`);
  await page.waitForSelector('#live-sign[data-state="connected"]');
  await page.getByRole("link", { name: "Greeting" }).first().click();
  await page.waitForSelector('#live-sign[data-state="connected"]');
  const file = join(catalog, "greeting/stories.py");
  await writeFile(file, (await readFile(file, "utf8")).replace('"World"', '"Mounted"'));
  await page.frameLocator("iframe").first().getByText("Mounted").waitFor();
  assert.equal(new URL(page.url()).pathname, "/some/where/greeting/index.html");
  await page.goto(`${url}/some/where/no/such/page`);
  await page.getByRole("link", { name: "Go to the catalog" }).click();
  await page.getByRole("heading", { level: 1 }).waitFor();
  assert.deepEqual(
    faults.filter((fault) => !fault.includes("404") && !fault.includes("/no/such/page")),
    [],
  );
});
