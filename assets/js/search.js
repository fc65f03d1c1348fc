// Search: filters subjects, stories and documents while typing, by title, tag and description; its state is in the address (?q=, ?tag=).
import { isFound, nodeItem, showInTree, showTree, storyItem, walk } from "./tree.js";

const MOST = 100; // results; more would be no help

const field = () => document.getElementById("search");

let index = null;
let tag = "";

function collect(node, trail, out) {
  const here = node === window.storytimeNavigation ? trail : [...trail, node[0]];
  if (isFound(node)) {
    const text = [...here, node[3]].join("\n").toLowerCase();
    out.push({ node, story: null, trail: trail.join(" / "), title: node[0].toLowerCase(), text });
  }
  for (const story of node[4]) {
    const text = [story[0], ...here, story[2], ...story[3]].join("\n").toLowerCase();
    out.push({ node, story, trail: here.join(" / "), title: story[0].toLowerCase(), text });
  }
  for (const child of node[5]) collect(child, here, out);
  return out;
}

/* Made when it is first needed, and again when the live client has changed the navigation. */
function entries() {
  const site = window.storytimeNavigation;
  if (index?.site !== site) index = { site, items: collect(site, [], []) };
  return index.items;
}

/* Entries with all of the words in their titles come first. */
function find(words) {
  const has = (text) => words.every((word) => text.includes(word));
  const [titled, others] = [[], []];
  for (const item of entries()) {
    if (tag && !item.story?.[3].includes(tag)) continue;
    if (has(item.text)) (has(item.title) ? titled : others).push(item);
  }
  const found = [...titled, ...others];
  return { found: found.slice(0, MOST), total: found.length };
}

/* The text, with the words that were searched for marked. */
function marked(text, words) {
  const parts = document.createElement("span");
  const lower = text.toLowerCase();
  let at = 0;
  while (at < text.length) {
    const hits = words.map((word) => [lower.indexOf(word, at), word.length]).filter(([hit]) => hit >= 0);
    if (!hits.length) break;
    const [hit, length] = hits.reduce((a, b) => (b[0] < a[0] ? b : a));
    const mark = document.createElement("mark");
    mark.textContent = text.slice(hit, hit + length);
    parts.append(text.slice(at, hit), mark);
    at = hit + length;
  }
  parts.append(text.slice(at));
  return parts;
}

function countText(total) {
  if (total === 0) return "No results.";
  if (total > MOST) return `${total} results, the first ${MOST}:`;
  return `${total} ${total === 1 ? "result" : "results"}`;
}

function showResults(words) {
  const { found, total } = find(words);
  const list = document.createElement("ul");
  list.className = "results";
  for (const { node, story, trail } of found) {
    const item = story ? storyItem(node, story, marked(story[0], words)) : nodeItem(node, marked(node[0], words));
    const place = document.createElement("small");
    place.append(marked(trail, words));
    item.firstChild.append(place);
    list.append(item);
  }
  const count = Object.assign(document.createElement("p"), { className: "count", textContent: countText(total) });
  count.setAttribute("role", "status");
  const hint = Object.assign(document.createElement("p"), {
    className: "count",
    textContent: "Search looks in titles, tags and descriptions. Escape shows all stories.",
  });
  showInTree(...(total === 0 ? [count, hint] : [count, list]));
}

function rememberInAddress(query) {
  const url = new URL(location.href);
  for (const [name, value] of [
    ["q", query],
    ["tag", tag],
  ]) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  try {
    if (url.href !== location.href) history.replaceState(history.state, "", url);
  } catch {
    // file:// pages may not change their address
  }
}

function showTag() {
  const tags = document.getElementById("tags");
  tags.replaceChildren();
  if (!tag) return;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${tag} ×` });
  button.setAttribute("aria-label", `Stop filtering by ${tag}`);
  button.addEventListener("click", () => search({ withTag: "" }));
  tags.append(button);
}

/** Show the results; false: nothing is searched for. */
function show() {
  const words = field().value.toLowerCase().split(/\s+/).filter(Boolean);
  if (!words.length && !tag) return false;
  showResults(words);
  return true;
}

/** A menu of all tags with how many stories have them, the most frequent first; no menu where there are none. */
export function fillTags() {
  if (!window.storytimeNavigation) return;
  const counts = new Map();
  for (const { story } of entries()) for (const one of story?.[3] ?? []) counts.set(one, (counts.get(one) ?? 0) + 1);
  const names = [...counts].sort(([, a], [, b]) => b - a);
  const menu = document.getElementById("tag");
  const options = names.map(([name, count]) => new Option(`${name} (${count})`, name));
  menu.replaceChildren(new Option("All tags", ""), ...options);
  menu.value = counts.has(tag) ? tag : "";
  menu.parentElement.hidden = names.length === 0;
}

function search({ withTag = tag } = {}) {
  tag = withTag;
  document.getElementById("tag").value = tag;
  rememberInAddress(field().value.trim());
  showTag();
  if (!show()) showTree();
}

function giveUp() {
  field().value = "";
  search({ withTag: "" });
  field().blur();
}

function press(event) {
  const { key, target } = event;
  let done = true;
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (target === field() && key === "Escape") giveUp();
  else if (target === field() && key === "Enter") document.querySelector("#tree .results a")?.click();
  else done = target.closest?.("#sidebar") ? walk(event) : false;
  if (done) event.preventDefault();
}

/** Read from the address what is searched for. true: that is something else than before. */
export function readSearch() {
  const before = [field().value, tag].join("\n");
  const given = new URLSearchParams(location.search);
  field().value = given.get("q") ?? "";
  tag = given.get("tag") ?? "";
  document.getElementById("tag").value = tag;
  showTag();
  return before !== [field().value, tag].join("\n");
}

/** Bind the search field and the keys, and put the address's `?q=` into the field. */
export function bindSearch() {
  if (!window.storytimeNavigation) return;
  field().addEventListener("focus", entries); // so that they are ready for the first key
  field().addEventListener("input", () => search());
  document.addEventListener("keydown", press);
  document.getElementById("tag").addEventListener("change", ({ target }) => search({ withTag: target.value }));
  readSearch();
}

/** Show the results of the search; false: show the tree instead. */
export function startSearch() {
  return window.storytimeNavigation !== undefined && show();
}
