// A catalog's pages: search, the tree, the preview's tools, panels and the sidebar, with the keyboard, too.
import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { browser, LONG, open, serveFiles, builtExample, builtSeed, violations } from "./support.mjs";

const MANY = LONG ? 1000 : 300; // stories of a large catalog

/** The example that uses all fields, built and served. It has stories of a button and of a rating. */
async function complete(t, options) {
  const url = await serveFiles(t, await builtExample("complete"));
  return { url, ...(await open(browser, url, options)) };
}

const links = (page) => page.locator("#tree a:visible").allInnerTexts();

describe("search", () => {
  test("filters by title, tag and description, and is in the address", async (t) => {
    const { page, url } = await complete(t);
    const stories = await page.evaluate(() => {
      const all = [];
      const collect = (node) => {
        all.push(...node[4]);
        node[5].forEach(collect);
      };
      collect(window.storytimeNavigation);
      return all.map(([title, , description, tags]) => ({ title, description, tags }));
    });
    const tagged = stories.find(({ tags }) => tags.length > 0);
    const described = stories.find(({ description }) => description);
    for (const [query, title] of [
      [stories[0].title, stories[0].title],
      [tagged.tags[0], tagged.title],
      [described.description.slice(0, 12), described.title],
    ]) {
      await page.fill("#search", query);
      await page.waitForURL((address) => address.searchParams.get("q") === query.trim());
      await page.locator("#tree .results a:visible", { hasText: title }).first().waitFor();
    }
    await page.fill("#search", "no such thing");
    await page.getByText("No results.").waitFor();
    const address = page.url();
    await page.goto("about:blank");
    await page.goto(address);
    await page.getByText("No results.").waitFor();
    await page.goto(`${url}?tag=${encodeURIComponent(tagged.tags[0])}`);
    await page.waitForSelector("#tree .results");
    assert.ok((await links(page)).some((text) => text.includes(tagged.title)));
    await page.locator("#tags button").click();
    await page.waitForSelector("#tree > ul:not(.results)");
    assert.equal(new URL(page.url()).searchParams.get("tag"), null);
  });

  test("works with the keyboard alone", async (t) => {
    const { page } = await complete(t);
    await page.keyboard.press("/");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.type("e");
    await page.waitForSelector("#tree .results");
    await page.keyboard.press("ArrowDown");
    const first = await page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate(() => document.activeElement.textContent), first);
    await page.keyboard.press("ArrowUp");
    assert.equal(await page.evaluate(() => document.activeElement.id), "search");
    await page.keyboard.press("Escape");
    assert.equal(await page.inputValue("#search"), "");
    await page.waitForSelector("#tree > ul:not(.results)");
    await page.keyboard.press("/");
    await page.keyboard.type("e");
    const found = await page
      .locator("#tree .results a")
      .first()
      .evaluate(({ href }) => href);
    await page.keyboard.press("Enter");
    await page.waitForURL(found);
  });

  test("is reached with Ctrl+K, from a field, too", async (t) => {
    const { page } = await complete(t);
    const focus = () => page.evaluate(() => document.activeElement.id);
    await page.keyboard.press("Control+k");
    assert.equal(await focus(), "search");
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      const field = document.createElement("textarea");
      document.getElementById("main").append(field);
      field.focus();
    });
    await page.keyboard.press("Meta+k");
    assert.equal(await focus(), "search");
    await page.keyboard.press("?");
    await page.keyboard.press("Escape");
    await page.locator("body").click({ position: { x: 700, y: 780 } });
    await page.keyboard.press("Control+Shift+Alt+k");
    assert.notEqual(await focus(), "search");
  });

  test("adds few elements to the page however many stories match", async (t) => {
    const url = await serveFiles(t, await builtSeed(MANY));
    const { page, faults } = await open(browser, url);
    const closed = await page.locator("#sidebar *").count();
    assert.ok(closed < 1500, `${closed} elements in the closed tree`);
    await page.fill("#search", "a");
    await page.waitForSelector("#tree .results");
    assert.ok((await page.locator("#tree .results li").count()) <= 100);
    assert.match(await page.locator("#tree .count").innerText(), /results, the first 100/);
    assert.deepEqual(faults, []);
  });
});

test("a menu has all tags, and filters the stories by one", async (t) => {
  const url = await serveFiles(t, await builtSeed("small"));
  const { page, faults } = await open(browser, url);
  const tags = page.getByLabel("Tag", { exact: true });
  const options = await tags.locator("option").allInnerTexts();
  assert.deepEqual(options.slice(0, 2), ["All tags", "stable (13)"]);
  await tags.selectOption("stable");
  await page.getByText("13 results").waitFor();
  assert.equal(new URL(page.url()).searchParams.get("tag"), "stable");
  await page.reload();
  await page.getByText("13 results").waitFor();
  assert.equal(await tags.inputValue(), "stable");
  assert.deepEqual(await violations(page), []);
  await tags.selectOption("All tags");
  await page.locator("#tree .twist").first().waitFor();
  assert.equal(new URL(page.url()).searchParams.get("tag"), null);
  assert.deepEqual(faults, []);
});

describe("the tree", () => {
  test("opens the branch of the page, marks it, and opens others", async (t) => {
    const { page, url } = await complete(t);
    const first = await page.evaluate(() => {
      const find = (node) => (node[4].length ? [node, node[4][0]] : node[5].map(find).find(Boolean));
      const [node, story] = find(window.storytimeNavigation);
      return `${node[1]}/${story[1]}/`;
    });
    await page.goto(url + first);
    const current = page.locator("#tree a[aria-current='page']");
    assert.ok(await current.isVisible());
    const twist = page.locator("#tree .twist[aria-expanded='true']").first();
    await twist.focus();
    await page.keyboard.press("Enter");
    assert.ok(!(await current.isVisible()));
    await page.keyboard.press("Enter");
    assert.ok(await current.isVisible());
  });

  test("opens all sections if there are few, and keeps closed what the user closed", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page, faults } = await open(browser, url);
    const entry = (name) => page.locator("#tree").getByRole("link", { name, exact: true });
    await entry("Price").waitFor();
    assert.equal(await entry("Reduced").count(), 0, "the stories of a subject are not shown yet");
    await page.getByRole("button", { name: "Stories of Data" }).click();
    await entry("Button").click();
    await page.waitForURL(/actions\/button/);
    assert.ok(!(await entry("Price").isVisible()));
    await entry("Toggle").waitFor();
    assert.deepEqual(faults, []);
    const { page: large } = await open(browser, await serveFiles(t, await builtSeed(MANY)));
    await large.locator("#tree .twist[aria-expanded='false']").first().waitFor();
    assert.equal(await large.locator("#tree .twist[aria-expanded='true']").count(), 0, "many sections are closed");
  });

  test("is one stop of the Tab key, and arrow keys reach everything in it", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, `${url}content/alert/urgent/index.html`);
    const entry = (name) => page.locator("#tree").getByRole("link", { name, exact: true });
    const at = (locator) => locator.evaluate((node) => node === document.activeElement);
    await entry("Urgent").waitFor();
    await page.getByRole("button", { name: "Open all" }).focus();
    await page.keyboard.press("Tab");
    assert.ok(await at(entry("Urgent")), "the page's own entry");
    await page.keyboard.press("Tab");
    assert.ok(await at(page.locator("#resizer")));
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("ArrowLeft");
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("ArrowUp");
    assert.ok(await at(entry("Alert")));
    await page.keyboard.press("ArrowLeft");
    assert.ok(!(await entry("Urgent").isVisible()));
    await page.keyboard.press("Tab");
    await page.keyboard.press("Shift+Tab");
    assert.ok(await at(entry("Alert (failed stories inside)")), "the last focused entry");
    await page.fill("#search", "price");
    await page.getByText(/results$/).waitFor();
    await page.keyboard.press("Tab"); // to the menu of tags
    await page.keyboard.press("Tab");
    assert.ok(await at(page.locator("#tree .results a").first()));
  });

  test("opens and closes all branches at once", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page, faults } = await open(browser, url);
    const closed = page.locator("#tree .twist[aria-expanded='false']");
    await page.getByRole("button", { name: "Open all" }).click();
    assert.equal(await closed.count(), 0);
    await page.locator("#tree").getByRole("link", { name: "Reduced", exact: true }).click();
    await page.waitForURL(/price\/reduced/);
    await page.getByRole("button", { name: "Close all" }).waitFor();
    assert.equal(await closed.count(), 0, "on the next page, too");
    await page.keyboard.press("e");
    assert.equal(await page.locator("#tree .twist[aria-expanded='true']").count(), 0);
    await page.fill("#search", "card");
    assert.ok(!(await page.locator("#fold").isVisible()));
    assert.deepEqual(await violations(page), []);
    assert.deepEqual(faults, []);
  });

  test("marks a closed branch in which a story fails", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, url);
    const sign = (name) =>
      page
        .locator("#tree")
        .getByRole("link", { name })
        .evaluate((link) => getComputedStyle(link, "::after").content !== "none");
    assert.ok(await sign("Alert (failed stories inside)"));
    assert.ok(!(await sign("Badge")));
    assert.ok(!(await sign(/^Content$/)), "an open branch is not marked");
    await page.getByRole("button", { name: "Stories of Alert" }).click();
    assert.ok(!(await sign(/^Alert$/)));
    assert.ok(await sign("Urgent, yet silent (failed)"));
  });
});

async function story(t, options) {
  const opened = await complete(t, options);
  await opened.page.fill("#search", "e");
  await opened.page.locator("#tree .results a.story").first().click();
  await opened.page.waitForSelector("#preview");
  await opened.page.waitForLoadState(); // with its frame and scripts
  return opened;
}

describe("a story's page", () => {
  test("has tabs for the mouse and the keyboard", async (t) => {
    const { page, faults } = await story(t);
    const tabs = page.getByRole("tab");
    const names = (await tabs.allInnerTexts()).map((text) => text.split(/\s/)[0]);
    assert.deepEqual(names, ["Props", "Assertions", "Accessibility", "HTML", "Python"]);
    assert.equal(await page.getByRole("tabpanel").count(), 1);
    await tabs.nth(3).click();
    assert.ok(await page.locator(".panel.shown pre").isVisible());
    await page.keyboard.press("ArrowRight");
    assert.equal(await tabs.nth(4).getAttribute("aria-selected"), "true");
    assert.match(await page.getByRole("tabpanel").innerText(), /stories\.py/);
    await page.keyboard.press("ArrowRight");
    assert.equal(await tabs.nth(0).getAttribute("aria-selected"), "true");
    assert.deepEqual(faults, []);
  });

  test("has tools for the preview's size, zoom, outlines and background", async (t) => {
    const { page, faults } = await story(t);
    const width = () => page.locator("#preview").evaluate((frame) => Math.round(frame.getBoundingClientRect().width));
    const full = await width();
    for (const [size, wanted] of Object.entries({ Tablet: 768, Phone: 390, Full: full })) {
      await page.getByLabel("Viewport", { exact: true }).selectOption(size);
      assert.equal(await width(), wanted);
    }
    await page.locator('.toolbar [data-zoom="1"]').click();
    assert.equal(await page.locator("#zoom").innerText(), "125%");
    await page.locator('.toolbar [data-zoom="-1"]').click();
    assert.equal(await page.locator("#zoom").innerText(), "100%");
    await page.locator('.toolbar [data-toggle="outline"]').click();
    const outline = () =>
      page
        .frameLocator("#preview")
        .locator("body")
        .evaluate((body) => getComputedStyle(body).outlineStyle);
    assert.equal(await outline(), "solid");
    await page.locator('.toolbar [data-toggle="outline"]').click();
    assert.equal(await outline(), "none");
    await page.getByLabel("Background").selectOption("Chequered");
    const background = await page
      .frameLocator("#preview")
      .locator("html")
      .evaluate((html) => getComputedStyle(html).backgroundImage);
    assert.match(background, /conic-gradient/);
    assert.deepEqual(faults, []);
  });

  test("copies its link and its HTML", async (t) => {
    const { page } = await story(t, { permissions: ["clipboard-read", "clipboard-write"] });
    await page.locator("[data-link]").click();
    await page.getByText("Copied").waitFor();
    const copied = await page.evaluate(() => navigator.clipboard.readText());
    assert.equal(copied, page.url().replace(/[?#].*/, ""));
    await page.getByRole("tab", { name: "HTML" }).click();
    await page.locator(".panel.shown .copy").click();
    const shown = await page.locator(".panel.shown pre").textContent();
    await page.waitForFunction(async (text) => (await navigator.clipboard.readText()) === text, shown);
  });
});

describe("a tag", () => {
  test("links from a story's page to all stories with it", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, `${url}content/card/with-a-picture/`);
    await page.locator(".tags a", { hasText: "stable" }).click();
    await page.waitForURL(/\?tag=stable/);
    await page.locator("#tags button", { hasText: "stable" }).waitFor();
    const found = await page.evaluate(() => {
      const count = (node) =>
        node[4].filter((story) => story[3].includes("stable")).length +
        node[5].reduce((sum, child) => sum + count(child), 0);
      return count(window.storytimeNavigation);
    });
    assert.ok(found > 3);
    assert.equal(await page.locator("#tree .results li").count(), found);
    await page.fill("#search", "button");
    assert.ok((await page.locator("#tree .results li").count()) < found);
    assert.ok((await page.locator("#tree .results mark").count()) > 0);
  });
});

describe("assertions", () => {
  test("are counted beside the title, and listed with their failures and exceptions", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, `${url}content/alert/urgent-yet-silent/`);
    const texts = async () => {
      await page.locator(".heading .verdict", { hasText: "1 failing" }).click();
      await page.getByRole("tab", { name: "Assertions 1 failing", selected: true }).waitFor();
      return page.getByRole("tabpanel").getByRole("listitem").allInnerTexts();
    };
    assert.deepEqual(await texts(), ["is_announced failed: an urgent message must be announced", "has_a_text passed"]);
    await page.goto(`${url}data/progress/nothing-to-do/`);
    assert.deepEqual(await texts(), ["is_a_share error: ZeroDivisionError: division by zero"]);
    await page.goto(url);
    assert.match(await page.locator(".heading").innerText(), /2 failing/);
  });
});

describe("the keyboard", () => {
  test("reaches everything that can be clicked, and shows the focus", async (t) => {
    const { page } = await story(t);
    await page.keyboard.press("Escape");
    await page.evaluate(() => {
      document.activeElement.blur();
      const visible = (node) => node.checkVisibility() && node.tabIndex >= 0;
      window.wanted = new Set([...document.querySelectorAll("a[href], button, input")].filter(visible));
    });
    for (let presses = 0; presses < 200; presses++) {
      await page.keyboard.press("Tab");
      const { left, shown } = await page.evaluate(() => {
        const node = document.activeElement;
        window.wanted.delete(node);
        const { outlineStyle, outlineWidth } = getComputedStyle(node);
        const own = node === document.body || node.matches("iframe, .edge, #search");
        return { left: window.wanted.size, shown: own || (outlineStyle !== "none" && outlineWidth !== "0px") };
      });
      assert.ok(shown, "the focused element has an outline");
      if (left === 0) return;
    }
    assert.deepEqual(await page.evaluate(() => [...window.wanted].map((node) => node.outerHTML)), []);
  });

  test("opens and closes branches, and moves through them", async (t) => {
    const url = await serveFiles(t, await builtSeed("small"));
    const { page } = await open(browser, url);
    const at = () => page.evaluate(() => document.activeElement.textContent);
    await page.keyboard.press("/");
    await page.keyboard.press("ArrowDown");
    assert.equal(await at(), "Actions");
    for (const [key, wanted] of [
      ["ArrowRight", "Actions"],
      ["ArrowDown", "Button"],
      ["ArrowRight", "Button"],
      ["ArrowDown", "Primary"],
      ["ArrowLeft", "Button"],
      ["ArrowLeft", "Button"],
      ["ArrowDown", "Button group"],
      ["ArrowLeft", "Actions"],
    ]) {
      await page.keyboard.press(key);
      assert.equal(await at(), wanted, key);
    }
    await page.locator("#tree a", { hasText: "Menu" }).click();
    await page.locator("h1", { hasText: "Menu" }).waitFor();
    await page.locator("#tree a", { hasText: "Button group" }).waitFor(); // an open branch stays open
  });
});

describe("the layout", () => {
  test("prints all panels and no tools", async (t) => {
    const { page } = await story(t, { own: true });
    await page.emulateMedia({ media: "print" });
    for (const panel of await page.locator(".panel:not(.needs-js)").all()) assert.ok(await panel.isVisible());
    for (const part of ["#sidebar", ".top", ".toolbar", ".tabs", ".copy >> nth=0"])
      assert.ok(!(await page.locator(part).isVisible()), part);
    assert.ok(await page.locator("#preview").isVisible());
  });

  test("remembers the sidebar's width, whether it is shown, and the colours", async (t) => {
    const { page, url } = await complete(t);
    const width = () => page.locator("#sidebar").evaluate((sidebar) => sidebar.offsetWidth);
    const before = await width();
    await page.locator("#resizer").focus();
    await page.keyboard.press("ArrowRight");
    assert.equal(await width(), before + 16);
    await page.locator("#toggle-theme").click();
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.goto(`${url}about.html`);
    assert.equal(await width(), before + 16);
    assert.equal(await page.evaluate(() => document.documentElement.dataset.theme), "dark");
    await page.locator("#toggle-sidebar").click();
    assert.ok(!(await page.locator("#sidebar").isVisible()));
    await page.goto(url);
    assert.ok(!(await page.locator("#sidebar").isVisible()));
    await page.keyboard.press("/");
    assert.ok(await page.locator("#search").isVisible());
  });

  for (const width of LONG ? [320, 390, 768] : [320]) {
    test(`fits into ${width} pixels`, async (t) => {
      const { page, url } = await complete(t, { viewport: { width, height: 800 } });
      const files = ["", "about.html", "debug.html"];
      const nodes = await page.evaluate(() => {
        const all = [];
        const collect = (node) => {
          if (node[1]) all.push(`${node[1]}/`);
          if (node[4].length) all.push(`${node[1]}/${node[4][0][1]}/`);
          node[5].forEach(collect);
        };
        collect(window.storytimeNavigation);
        return all;
      });
      for (const file of [...files, ...nodes]) {
        await page.goto(url + file);
        const over = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
        assert.ok(over <= 0, `${file} is ${over} pixels too wide`);
        assert.ok(!(await page.locator("#sidebar").isVisible()));
      }
      await page.locator("#toggle-sidebar").click();
      assert.ok(await page.locator("#search").isVisible());
    });
  }

  test("has a first link that skips to the content", async (t) => {
    const { page } = await complete(t);
    await page.keyboard.press("Tab");
    assert.ok(await page.evaluate(() => document.activeElement.classList.contains("skip")));
    await page.keyboard.press("Enter");
    assert.equal(await page.evaluate(() => document.activeElement.id), "main");
  });
});
