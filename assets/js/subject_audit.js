// A subject's page: checks each of its stories with axe-core, one after the other, on request.
import { audit, impactBadge, isOff, make, ruleLink } from "./audit.js";
import { parameters } from "./parameters.js";
import { addressOf, storiesOf } from "./tree.js";

const ASK = "Check accessibility of all stories";

const section = () => document.querySelector(".audit");
const button = () => section().querySelector("button");
const say = (text) => (section().querySelector("[role=status]").textContent = text);
const count = (number, one, many = `${one}s`) => `${number} ${number === 1 ? one : many}`;
const countStories = (number) => count(number, "story", "stories");

/* The frame is invisible, but laid out and painted, as axe-core needs colours and positions. */
function makeFrame() {
  const frame = make("iframe", { className: "unseen", title: "Story under test", tabIndex: -1 });
  frame.setAttribute("aria-hidden", "true");
  document.body.append(frame);
  return frame;
}

function show(frame, address) {
  const loaded = new Promise((done) => frame.addEventListener("load", done, { once: true }));
  frame.src = address;
  return loaded;
}

/* What axe-core finds in the frame's document. It would never end if the story left this document. */
function auditShown(frame, a11y) {
  const left = new Promise((_, failed) => {
    frame.addEventListener("load", () => failed(new Error("the story loads another page")), { once: true });
  });
  return Promise.race([audit(frame.contentWindow, a11y), left]);
}

/* What axe-core finds in a story, or a text that says why it was not checked. */
async function check(frame, page) {
  const address = addressOf(page);
  const response = await fetch(address, { cache: "no-cache" });
  if (!response.ok) return `not checked: the page has status ${response.status}`;
  const story = new DOMParser().parseFromString(await response.text(), "text/html");
  const { a11y } = parameters(story);
  if (story.querySelector("#main > .fault")) return "not checked: the story has an error";
  if (isOff(a11y)) return "not checked: the parameter a11y turns it off";
  await show(frame, new URL("preview.html", new URL(address, document.baseURI)));
  return auditShown(frame, a11y);
}

function ruleItem(rule) {
  const name = make("code", { textContent: rule.id });
  const elements = count(rule.nodes.length, "element");
  return make("li", {}, impactBadge(rule), ` ${rule.help}. Rule `, name, `, ${elements}. `, ruleLink(rule));
}

function storyItem(title, page, result) {
  const item = make("li", {}, make("a", { href: `${addressOf(page)}#accessibility`, textContent: title }), " ");
  if (typeof result === "string") {
    item.append(make("span", { className: "quiet", textContent: result }));
    return item;
  }
  const { violations, incomplete } = result;
  const [className, textContent] = violations.length
    ? ["badge fail", `${violations.length} failing`]
    : ["badge pass", "no violations"];
  item.append(make("span", { className, textContent }));
  if (incomplete.length) item.append(make("small", { textContent: ` ${incomplete.length} to check by hand` }));
  if (violations.length) item.append(make("ul", {}, ...violations.map(ruleItem)));
  return item;
}

function summary(results, all) {
  const checked = results.filter((result) => typeof result !== "string");
  const failing = checked.filter(({ violations }) => violations.length > 0);
  const total = failing.reduce((sum, { violations }) => sum + violations.length, 0);
  const of = countStories(checked.length);
  const found = failing.length
    ? `${count(total, "violation")}, in ${failing.length} of ${of}`
    : `No violations in ${of}`;
  const rest = checked.length < all ? `; ${all - checked.length} not checked.` : ".";
  return found + rest;
}

let running = null; // the current check; it ends when this changes

/* Check one story after the other, and list what is found. `mine.end()` does not wait for the story that is being checked. */
async function checkAll(stories, mine, list, progress) {
  const frame = makeFrame();
  const results = [];
  const ended = new Promise((done) => (mine.end = done));
  try {
    for (const [title, page] of stories) {
      const checked = check(frame, page).catch((error) => `not checked: ${error.message}`);
      const result = await Promise.race([checked, ended]);
      if (mine !== running || result === undefined) return results;
      results.push(result);
      list.append(storyItem(title, page, result));
      progress.value = results.length;
      if (mine.stopped) return results;
    }
  } finally {
    frame.remove();
  }
  return results;
}

function clear() {
  running?.end();
  running = null;
  button().textContent = ASK;
  for (const node of section().querySelectorAll("progress, ol")) node.remove();
}

async function start() {
  const stories = storiesOf(document.body.dataset.page);
  const mine = {};
  const [list, progress] = [make("ol"), make("progress", { max: stories.length, value: 0 })];
  progress.setAttribute("aria-label", "Stories checked");
  clear();
  running = mine;
  button().textContent = "Stop";
  say(`Checking ${countStories(stories.length)} …`);
  section().append(progress, list);
  const results = await checkAll(stories, mine, list, progress);
  if (mine !== running) return;
  running = null;
  progress.remove();
  button().textContent = ASK;
  say(summary(results, stories.length));
}

/* The story that is being checked is still listed, unless the button is pressed again. */
function stop() {
  if (running.stopped) running.end();
  running.stopped = true;
  button().textContent = "Stop now";
}

function press({ target }) {
  if (!target.closest(".audit button")) return;
  if (running) stop();
  else if (location.protocol === "file:")
    say("To check these stories, run storytime serve: browsers do not let pages from file:// inspect each other.");
  else start();
}

/* Discard the results, as the stories have changed. */
function forget({ detail }) {
  const directory = document.body.dataset.page.replace("index.html", "");
  if (!section()?.querySelector("ol")) return;
  if (detail.change !== "all" && !detail.pages.some((page) => page.startsWith(directory))) return;
  clear();
  say("The stories have changed. Run the check again.");
}

/** Check the stories of a subject's page when the button is pressed. */
export function startSubjectAudit() {
  document.addEventListener("click", press);
  document.addEventListener("storytime:updated", forget);
}
