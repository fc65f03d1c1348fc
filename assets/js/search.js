// Search: filters as one types, by title, tag and description; its state is in the address (?q=, ?tag=).
import { body, startTree, storyItem } from "./tree.js";

const MOST = 200; // results shown; more would be no help to anybody

let index = null;

function collect(node, trail, out) {
  const here = node === window.storytimeNavigation ? trail : [...trail, node[0]];
  for (const story of node[4]) {
    out.push({
      node,
      story,
      trail: here.join(" / "),
      text: [story[0], ...here, story[2], story[3].join(" ")].join("\n").toLowerCase(),
    });
  }
  for (const child of node[5]) collect(child, here, out);
  return out;
}

function entries() {
  if (index?.site !== window.storytimeNavigation) {
    index = { site: window.storytimeNavigation, items: collect(window.storytimeNavigation, [], []) };
  }
  return index.items;
}

export function find(query, tag) {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = [];
  let total = 0;
  for (const item of entries()) {
    if (tag && !item.story[3].includes(tag)) continue;
    if (!words.every((word) => item.text.includes(word))) continue;
    if (total++ < MOST) found.push(item);
  }
  return { found, total };
}

function remember(query, tag) {
  const url = new URL(location.href);
  for (const [name, value] of [
    ["q", query],
    ["tag", tag],
  ]) {
    if (value) url.searchParams.set(name, value);
    else url.searchParams.delete(name);
  }
  try {
    history.replaceState(history.state, "", url);
  } catch {
    // file:// pages may not change their address
  }
}

function showTag(tag, apply) {
  const tags = document.getElementById("tags");
  tags.replaceChildren();
  if (!tag) return;
  const button = Object.assign(document.createElement("button"), { type: "button", textContent: `${tag} ×` });
  button.setAttribute("aria-label", `Show stories without the tag ${tag}, too`);
  button.addEventListener("click", () => apply(""));
  tags.append(button);
}

function showResults(query, tag) {
  const nav = document.getElementById("tree");
  if (!query && !tag) {
    startTree();
    return;
  }
  const { found, total } = find(query, tag);
  const list = document.createElement("ul");
  list.className = "results";
  for (const item of found) {
    const li = storyItem(item.node, item.story);
    li.firstChild.append(Object.assign(document.createElement("small"), { textContent: item.trail }));
    list.append(li);
  }
  const count = document.createElement("p");
  count.className = "count";
  count.setAttribute("role", "status");
  count.textContent =
    total === 0
      ? "No story fits."
      : total > MOST
        ? `${total} stories, the first ${MOST}:`
        : `${total} ${total === 1 ? "story" : "stories"}`;
  nav.replaceChildren(count, list);
}

function move(event, step) {
  const links = [...document.querySelectorAll("#tree a")].filter((a) => a.offsetParent);
  const at = links.indexOf(document.activeElement);
  const next = links[at + step];
  event.preventDefault();
  if (next) next.focus();
  else if (step < 0) document.getElementById("search").focus();
}

let bound = false;

function bindKeys() {
  if (bound) return;
  bound = true;
  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    const input = document.getElementById("search");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      document.documentElement.classList.remove("no-sidebar");
      input.focus();
      input.select();
    } else if (event.target.closest?.("#sidebar")) {
      if (event.key === "ArrowDown") move(event, 1);
      else if (event.key === "ArrowUp" && event.target !== input) move(event, -1);
      else if (event.key === "Enter" && event.target === input) document.querySelector("#tree .results a")?.click();
    }
  });
}

/** Bind the search field; `?q=` and `?tag=` of the address are applied at once. */
export function startSearch() {
  const input = document.getElementById("search");
  if (!input || !window.storytimeNavigation || !body()) return;
  const params = new URLSearchParams(location.search);
  let tag = input.dataset.tag ?? params.get("tag") ?? "";
  const apply = (newTag = tag) => {
    tag = newTag;
    input.dataset.tag = tag;
    remember(input.value.trim(), tag);
    showTag(tag, apply);
    showResults(input.value.trim(), tag);
  };
  if (!input.dataset.bound) {
    input.dataset.bound = "yes";
    input.value = params.get("q") ?? "";
    input.addEventListener("input", () => apply());
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      input.value = "";
      apply("");
      input.blur();
    });
    bindKeys();
  }
  if (input.value || tag) apply();
}
