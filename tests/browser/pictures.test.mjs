// Every kind of page in the width of a desktop, a tablet and a phone, light and dark: screenshots in build/screenshots,
// and checks for faults of accessibility, failed requests and pages that are too wide.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { browser, COLOURS, KINDS, LONG, open, picture, serveFiles, troubled, violations } from "./support.mjs";

describe("every kind of page", () => {
  for (const width of LONG ? [1440, 768, 390] : [1440, 390]) {
    const schemes = LONG || width > 1000 ? ["light", "dark"] : ["light"]; // colours do not depend on the width
    test(`at ${width} pixels, ${schemes.join(" and ")}`, async (t) => {
      const url = await serveFiles(t, await troubled());
      const viewport = { width, height: width > 1000 ? 900 : 844 };
      const { page, faults } = await open(browser, "about:blank", { viewport, reducedMotion: "reduce", own: true });
      for (const [kind, path] of Object.entries(KINDS)) {
        await page.goto(url + path, { waitUntil: "load" });
        if (kind.startsWith("search") && width < 800) await page.click("#toggle-sidebar");
        for (const colorScheme of schemes) {
          await page.emulateMedia({ colorScheme });
          await page.evaluate(() => Promise.allSettled(document.getAnimations().map(({ finished }) => finished)));
          await picture(page, `${kind}-${width}-${colorScheme}`);
          const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
          assert.ok(over <= 0, `${kind} is ${over} pixels too wide`);
          const rules = colorScheme === "dark" ? COLOURS : undefined; // everything else is as in light colours
          if (LONG || width > 1000) assert.deepEqual(await violations(page, rules), [], `${kind}, ${colorScheme}`);
        }
      }
      assert.deepEqual(faults, []);
    });
  }
});
