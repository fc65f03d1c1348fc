// The tree in the sidebar. It is made from navigation.js, and a branch only when it is opened: a catalog may be large.
// A node is [title, path, kind, description, stories, children], a story [title, slug, description, tags, state].

export const body = () => document.body;
export const rootUrl = () => body().dataset.root;
const STATES = ["", "broken", "failed"];

/** Encode a path for a URL, keeping its slashes. */
export const encodePath = (path) => path.split("/").map(encodeURIComponent).join("/");

export function nodeUrl(node) {
  return `${rootUrl()}${node[1] ? `${encodePath(node[1])}/` : ""}index.html`;
}

export function storyUrl(node, story) {
  return `${rootUrl()}${node[1] ? `${encodePath(node[1])}/` : ""}${encodeURIComponent(story[1])}/index.html`;
}

/** The path of a story's or a node's page, as `data-page` has it. */
export const storyPage = (node, story) => `${node[1] ? `${node[1]}/` : ""}${story[1]}/index.html`;
const nodePage = (node) => `${node[1] ? `${node[1]}/` : ""}index.html`;

const opened = new Set();

function link(url, text, page) {
  const a = document.createElement("a");
  a.href = url;
  a.textContent = text;
  if (page === body().dataset.page) a.setAttribute("aria-current", "page");
  return a;
}

export function storyItem(node, story) {
  const item = document.createElement("li");
  const a = link(storyUrl(node, story), story[0], storyPage(node, story));
  a.className = "story";
  if (story[4]) {
    a.dataset.state = STATES[story[4]];
    a.append(
      Object.assign(document.createElement("span"), { className: "away", textContent: ` (${STATES[story[4]]})` }),
    );
  }
  item.append(a);
  return item;
}

function fill(list, node) {
  if (list.childElementCount) return;
  const parts = document.createDocumentFragment();
  for (const story of node[4]) parts.append(storyItem(node, story));
  for (const child of node[5]) parts.append(branch(child));
  list.append(parts);
}

function isCurrent(node) {
  const page = body().dataset.page;
  return page === nodePage(node) || (node[1] && page.startsWith(`${node[1]}/`));
}

function branch(node) {
  const item = document.createElement("li");
  const a = link(nodeUrl(node), node[0], nodePage(node));
  a.className = node[2] === 3 ? "broken" : node[2] === 1 ? "section" : "subject";
  if (!node[4].length && !node[5].length) {
    item.append(a);
    return item;
  }
  const button = document.createElement("button");
  const list = document.createElement("ul");
  const set = (open) => {
    if (open) fill(list, node);
    list.hidden = !open;
    button.setAttribute("aria-expanded", open);
    opened[open ? "add" : "delete"](node[1]);
  };
  button.type = "button";
  button.className = "twist";
  button.setAttribute("aria-label", `Stories of ${node[0]}`);
  button.addEventListener("click", () => set(button.getAttribute("aria-expanded") !== "true"));
  const row = document.createElement("div");
  row.className = "row";
  row.append(button, a);
  item.append(row, list);
  set(opened.has(node[1]) || isCurrent(node));
  return item;
}

/** Show the whole tree, with the branch of this page and those that were open. */
export function startTree() {
  const nav = document.getElementById("tree");
  const site = window.storytimeNavigation;
  if (!nav || !site) return;
  const list = document.createElement("ul");
  for (const story of site[4]) list.append(storyItem(site, story));
  for (const child of site[5]) list.append(branch(child));
  const scroll = nav.scrollTop;
  nav.replaceChildren(list);
  nav.scrollTop = scroll;
  nav.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
}
