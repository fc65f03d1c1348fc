// Listeners that see a save: a WebSocket client, or a page in Chromium. Both report when a mark arrived, in milliseconds on the
// clock of this process.
import { MARK } from "./catalog.mjs";

export const now = () => performance.timeOrigin + performance.now();

const PATIENCE = 60000; // milliseconds until a benchmark gives up

/** The result of a promise; rejects if that takes too long. */
export async function inTime(promise, why) {
  let timer = 0;
  const late = new Promise((_, failed) => {
    timer = setTimeout(() => failed(new Error(why())), PATIENCE);
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
}

/** When each mark arrived, and who waits for it. */
class Arrivals {
  #at = new Map();
  #waiting = new Map();

  note(mark, at) {
    if (this.#at.has(mark)) return;
    this.#at.set(mark, at);
    this.#waiting.get(mark)?.(at);
  }

  /** Resolves to the time at which a mark arrived. */
  wait(mark) {
    if (this.#at.has(mark)) return Promise.resolve(this.#at.get(mark));
    const arrival = new Promise((arrived) => this.#waiting.set(mark, arrived));
    return inTime(arrival, () => `${mark} did not arrive`);
  }
}

/** A WebSocket client that tells the server which page it shows, as live pages do; null: it tells nothing. */
export async function listen(url, page) {
  const arrivals = new Arrivals();
  const origin = new URL(url.replace("ws", "http")).origin; // that of the server's own pages
  const socket = new WebSocket(url, { headers: { origin } });
  await new Promise((ready, failed) => {
    socket.addEventListener("error", () => failed(new Error(`cannot connect to ${url}`)));
    socket.addEventListener("open", () => {
      if (page === null) ready();
      else socket.send(JSON.stringify({ type: "hello", page }));
    });
    socket.addEventListener("message", ({ data }) => {
      const at = now();
      ready(); // the answer to the hello comes first
      for (const mark of data.match(MARK) ?? []) arrivals.note(mark, at);
    });
  });
  return { wait: (mark) => arrivals.wait(mark), close: () => socket.close() };
}

/* Runs in a page: whenever the document of the preview changes (of the page, if it has none), report new marks in it. */
function observe(pattern) {
  const shown = document.getElementById("preview")?.contentDocument ?? document;
  const seen = new Set();
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now();
    for (const mark of shown.body.innerHTML.match(new RegExp(pattern, "g")) ?? []) {
      if (seen.has(mark)) continue;
      seen.add(mark);
      window.noteMark(mark, at);
    }
  }).observe(shown, { subtree: true, childList: true, characterData: true, attributes: true });
}

/* Runs in a page: report new marks anywhere in it, in its preview, which may load another document, or in the property
 * `--mark` of the preview's stylesheets. */
function observeAll(pattern) {
  const seen = new Set();
  const note = (text) => {
    const at = performance.timeOrigin + performance.now();
    for (const mark of text.match(new RegExp(pattern, "g")) ?? []) {
      if (seen.has(mark)) continue;
      seen.add(mark);
      window.noteMark(mark, at);
    }
  };
  const watch = (shown) => {
    const isStyle = ({ addedNodes }) => [...addedNodes].some(({ nodeName }) => nodeName === "LINK");
    const html = (node) => node.outerHTML ?? node.data;
    const changed = ({ type, target, addedNodes, attributeName }) =>
      type === "attributes"
        ? target.getAttribute(attributeName)
        : (type === "childList" ? [...addedNodes] : [target]).map(html);
    const look = (records) => {
      note(records.flatMap(changed).join("\n"));
      if (records.some(isStyle)) style();
    };
    const style = () => note(shown.defaultView.getComputedStyle(shown.documentElement).getPropertyValue("--mark"));
    new MutationObserver(look).observe(shown, {
      subtree: true,
      childList: true,
      characterData: true,
      attributes: true,
    });
    shown.addEventListener("load", style, true);
  };
  const preview = document.getElementById("preview");
  preview.addEventListener("load", () => {
    watch(preview.contentDocument);
    note(preview.contentDocument.body.innerHTML);
  });
  watch(preview.contentDocument);
  watch(document);
}

/* Runs in a page: whenever its stylesheets change, report a new value of `--mark`. */
function observeStyle(pattern) {
  const seen = new Set();
  new MutationObserver(() => {
    const at = performance.timeOrigin + performance.now();
    const [mark] = getComputedStyle(document.documentElement).getPropertyValue("--mark").match(pattern) ?? [];
    if (mark && !seen.has(mark)) window.noteMark(mark, at);
    seen.add(mark);
  }).observe(document.head, { subtree: true, childList: true, characterData: true, attributes: true });
}

/* How far the clock of a page is ahead of ours, by the fastest of 30 exchanges. */
async function skew(page) {
  const exchanges = [];
  for (let n = 0; n < 30; n++) {
    const sent = now();
    const there = await page.evaluate(() => performance.timeOrigin + performance.now());
    const back = now();
    exchanges.push({ took: back - sent, ahead: there - (sent + back) / 2 });
  }
  return exchanges.toSorted((a, b) => a.took - b.took)[0].ahead;
}

async function openPage(browser) {
  const arrivals = new Arrivals();
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  let ahead = 0;
  await page.exposeFunction("noteMark", (mark, at) => arrivals.note(mark, at - ahead));
  return {
    page,
    begin: async (how = observe) => {
      await page.evaluate(how, MARK.source);
      ahead = await skew(page);
    },
    wait: (mark) => arrivals.wait(mark),
    close: () => context.close(),
  };
}

/** Open a page of a catalog, wait until it is connected, and observe its preview, or `all` of it. */
export async function lookAt(browser, url, all = false) {
  const opened = await openPage(browser);
  await opened.page.goto(url);
  await opened.page.waitForSelector("#live-sign[data-state=connected]");
  await opened.page.waitForFunction(() => {
    const { contentDocument, contentWindow } = document.getElementById("preview");
    return contentDocument?.readyState === "complete" && contentWindow.storytimeDocument;
  });
  await opened.begin(all ? observeAll : observe);
  return opened;
}

/** Open any page, wait for an element, and observe the body, or the `--mark` of the stylesheets. */
export async function lookAtPage(browser, url, selector, { styles = false } = {}) {
  const opened = await openPage(browser);
  await opened.page.goto(url);
  await opened.page.waitForSelector(selector, { state: "attached" });
  await opened.begin(styles ? observeStyle : observe);
  return opened;
}

/* Runs in a page that is being loaded: report all marks in it. */
function observeFromBeginning(pattern) {
  const note = () => {
    const at = performance.timeOrigin + performance.now();
    for (const mark of document.body.innerHTML.match(new RegExp(pattern, "g")) ?? []) window.noteMark(mark, at);
  };
  addEventListener("DOMContentLoaded", () => {
    note();
    new MutationObserver(note).observe(document.body, { subtree: true, childList: true, characterData: true });
  });
}

/** Open a page that its server reloads at each change, and wait until it is connected. */
export async function lookAtReloads(browser, url) {
  const opened = await openPage(browser);
  await opened.page.addInitScript(observeFromBeginning, MARK.source);
  const connected = opened.page.waitForEvent("websocket");
  await opened.page.goto(url);
  await connected;
  await opened.begin();
  return opened;
}

/** Open a page that shows each text that a WebSocket receives. */
export async function lookAtFloor(browser, files, url) {
  const opened = await openPage(browser);
  await opened.page.goto(files);
  await opened.page.evaluate(
    (address) =>
      new Promise((ready) => {
        const socket = new WebSocket(address);
        socket.addEventListener("open", ready);
        socket.addEventListener("message", ({ data }) => (document.body.textContent = data));
      }),
    url,
  );
  await opened.begin();
  return opened;
}
