// Changes a document in place, and keeps what was typed, selected, focused, opened and scrolled.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const TYPED = new Set(["value", "checked", "selected"]);
const OPENED = "details, dialog";

// Whether a <details> was open as published: if it differs from that, the user has opened or closed it.
const written = new WeakMap();

export function noteOpened(root) {
  for (const node of root.querySelectorAll(OPENED)) written.set(node, node.open);
}

/* The options of a <select> that are selected as long as nobody chooses. */
function initially(select) {
  const options = [...select.options];
  const marked = options.filter((one) => one.defaultSelected);
  if (select.multiple) return marked;
  const isOn = (one) => !one.disabled && !one.parentElement.disabled;
  return [marked.at(-1) ?? (select.size > 1 ? null : options.find(isOn))];
}

function isTouched(node) {
  if (node.matches(OPENED)) return written.has(node) && node.open !== written.get(node);
  if (node.type === "checkbox" || node.type === "radio") return node.checked !== node.defaultChecked;
  if (node.tagName === "SELECT") {
    const expected = initially(node);
    return [...node.options].some((one) => one.selected !== expected.includes(one));
  }
  return node.value !== node.defaultValue;
}

function stateOf(node) {
  if (node.matches(OPENED)) return { open: node.open };
  if (node.type === "checkbox" || node.type === "radio") return { checked: node.checked };
  if (node.tagName === "SELECT") return { chosen: [...node.selectedOptions].map((one) => one.value) };
  return node.type === "file" ? {} : { value: node.value };
}

/** What the user has typed, chosen and opened: a map of elements to the properties to restore. */
function touched(root) {
  const fields = [...root.querySelectorAll(`input, textarea, select, ${OPENED}`)].filter(isTouched);
  return new Map(fields.map((field) => [field, stateOf(field)]));
}

/* If all that was chosen is still there. */
function choose(select, chosen) {
  const options = [...select.options];
  if (!chosen.every((value) => options.some((one) => one.value === value))) return;
  for (const one of options) one.selected = chosen.includes(one.value);
}

function restore(states) {
  for (const [node, { chosen, ...state }] of states) {
    if (!node.isConnected) continue;
    if (chosen) choose(node, chosen);
    for (const [name, value] of Object.entries(state)) if (node[name] !== value) node[name] = value;
  }
}

/* A field that is moved loses the focus; giving it back may scroll. */
const mayLoseFocus = (element) => {
  const { activeElement } = document;
  return activeElement?.matches("input, textarea") && element.contains(activeElement);
};

/* Of an element that a text is in front of: what idiomorph finds it by, and its class. */
function nameOf(element) {
  const id = element?.getAttribute("id") ?? element?.querySelector("[id]")?.getAttribute("id");
  return `${element?.tagName} ${id} ${element?.getAttribute("class")}`;
}

/* Idiomorph takes a text for any later one, and throws away what is in between: a paragraph in front of a form could cost
   the form. It compares tag names, which texts don't have, so they get one that tells what they are in front of. */
function nameTexts(root) {
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) {
    texts.currentNode.tagName = nameOf(texts.currentNode.nextElementSibling);
  }
}

/** Change `element` to an element of another document; `keep` is a selector of elements that must stay unchanged. */
export function morph(element, wanted, keep = null) {
  const scrolled = mayLoseFocus(element) ? [scrollX, scrollY] : null; // only if needed: reading it forces a layout
  const states = touched(element);
  nameTexts(element);
  nameTexts(wanted);
  Idiomorph.morph(element, wanted, {
    morphStyle: "outerHTML",
    callbacks: {
      beforeAttributeUpdated: (name, node) => !(states.has(node) && (TYPED.has(name) || name === "open")),
      beforeNodeMorphed: (node) => !(keep && node.nodeType === Node.ELEMENT_NODE && node.matches(keep)),
    },
  });
  noteOpened(element);
  for (const [node, state] of states) if ("open" in state) written.set(node, !state.open);
  restore(states);
  if (scrolled) scrollTo({ left: scrolled[0], top: scrolled[1], behavior: "instant" });
}
