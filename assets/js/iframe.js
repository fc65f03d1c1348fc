// The page iframe.html. Opened directly, it goes on to the preview, so that tools see the story's own document. In a frame, it
// shows the preview in itself and talks to the page around it on Storybook's channel: it reports the values on the
// story's page and, if there is a server, shows others. Only stories of this catalog are ever shown.

/* global stories -- the page's own: by id, the directory of a story's pages or the page of a document */

const query = new URLSearchParams(location.search);
const frame = document.querySelector("iframe");
const missing = document.querySelector("main");
const post = (type, ...args) =>
  parent.postMessage(
    JSON.stringify({
      key: "storybook-channel",
      refId: query.get("refId") ?? undefined,
      event: { type, args, from: "storytime" },
    }),
    "*",
  );
let shown = {};
const address = (path) => new URL(path.split("/").map(encodeURIComponent).join("/"), location);

/** Show a story, or its subject's docs page, with values in the notation of an address. */
function show(id, view, args = query.get("args")) {
  const known = Object.hasOwn(stories, id);
  missing.hidden = known;
  frame.hidden = !known || parent === window;
  if (!known) return parent === window || post("storyMissing", id);
  const page = stories[id].endsWith(".html"); // a document
  const docs = page || view === "docs";
  const target = address(
    page ? stories[id] : docs ? stories[id].replace(/[^/]+\/$/, "index.html") : `${stories[id]}preview.html`,
  );
  if (args) target.searchParams.set("args", args);
  if (query.has("globals")) target.searchParams.set("globals", query.get("globals"));
  if (parent === window) return location.replace(target);
  frame.onload = () => post("storyRendered", id);
  post("currentStoryWasSet", { storyId: id, viewMode: docs ? "docs" : "story" });
  frame.contentWindow.location.replace(target);
  if (!docs && shown.id !== id) prepare(id);
}

/* The values from the story's page. */
const fixed = { "!true": true, "!false": false, "!null": null };
const kinds = { boolean: "boolean", number: "number", range: "number", object: "object" };

/** The value in a row of the story's page. */
function decode(type, raw) {
  if (Object.hasOwn(fixed, raw)) return fixed[raw];
  const [, json, text] = raw.match(/^!(?:json\((.*)\)|(?:date|hex)\((.*)\))$/s) ?? [];
  if (json !== undefined) return JSON.parse(decodeURIComponent(json));
  return kinds[type] === "number" ? Number(raw) : decodeURIComponent(text ?? raw);
}

/** An argument in the form of Storybook's Controls panel. */
function argType(name, { type, options, min, max, step }, served) {
  const values = options?.map(([raw]) => decode(type, raw));
  const labels = options && Object.fromEntries(options.map(([, label], at) => [values[at], label]));
  return {
    name,
    type: { name: kinds[type] ?? "string" },
    options: values,
    control: served && { type, min, max, step, labels },
  };
}

/** Report the story's arguments. */
async function prepare(id) {
  const mine = (shown = { id, initial: {}, args: {} });
  const argTypes = {};
  const text = await fetch(address(`${stories[id]}index.html`)).then(
    (answer) => answer.text(),
    () => "",
  );
  const page = new DOMParser().parseFromString(text, "text/html");
  const served = page.querySelector("script[data-storytime]") !== null;
  for (const row of page.querySelectorAll("#props tr[data-control][data-raw]")) {
    const name = row.querySelector("th code").textContent;
    const control = JSON.parse(row.dataset.control);
    mine.initial[name] = decode(control.type, row.dataset.raw);
    argTypes[name] = argType(name, control, served);
  }
  mine.args = { ...mine.initial };
  if (shown === mine)
    post("storyPrepared", { id, parameters: {}, argTypes, initialArgs: mine.initial, args: mine.args });
}

const escape = (text) => encodeURIComponent(text).replace(/!/g, "%21");

/** A value in the notation of an address. */
function encode(value) {
  if (value === undefined || value === "_undefined_") return "!undefined"; // as the channel writes it
  if (typeof value === "number") return String(value);
  if (typeof value === "string") return escape(value);
  return typeof value === "object" && value !== null ? `!json(${escape(JSON.stringify(value))})` : `!${value}`;
}

/** Show the story with other arguments. */
function change(id, args) {
  if (id !== shown.id) return;
  shown.args = args;
  const names = Object.keys(args).filter((name) => args[name] !== shown.initial[name]);
  show(id, "story", names.map((name) => `${escape(name)}:${encode(args[name])}`).join(";"));
  post("storyArgsUpdated", { storyId: id, args });
}

function reset({ storyId, argNames }) {
  const args = { ...shown.args };
  for (const name of Array.isArray(argNames) ? argNames : Object.keys(args)) args[name] = shown.initial[name];
  change(storyId, args);
}

const events = {
  setCurrentStory: ({ storyId, viewMode }) => typeof storyId === "string" && show(storyId, viewMode, ""),
  updateStoryArgs: ({ storyId, updatedArgs }) => change(storyId, { ...shown.args, ...updatedArgs }),
  resetStoryArgs: reset,
};

addEventListener("message", ({ source, data }) => {
  if (source !== parent || parent === window || typeof data !== "string") return;
  let message;
  try {
    message = JSON.parse(data);
  } catch {
    return;
  }
  const event = message?.key === "storybook-channel" ? message.event : undefined;
  const choice = event?.args?.[0];
  if (Object.hasOwn(events, event?.type ?? "") && typeof choice === "object" && choice !== null)
    events[event.type](choice);
});

show(query.get("id") ?? "", query.get("viewMode"));
