// In-place changes of a document: what is typed, selected, focused, opened and scrolled stays.
import { Idiomorph } from "idiomorph/dist/idiomorph.esm.js";

const KEPT = new Set(["value", "checked", "selected"]);

// Typed input is the person's; a <details> that was opened stays open, unless the new page changes what it says.
function keep(before) {
  return {
    beforeAttributeUpdated(name, node) {
      if (name === "open" && node.tagName === "DETAILS") return false;
      if (KEPT.has(name) && before.has(node)) return false;
      return true;
    },
    beforeNodeMorphed(node) {
      return !(node.nodeType === Node.ELEMENT_NODE && node.hasAttribute("data-kept"));
    },
  };
}

function touched(root) {
  const fields = new Set();
  for (const field of root.querySelectorAll("input, textarea, select")) {
    if (field.type === "checkbox" || field.type === "radio") {
      if (field.checked !== field.defaultChecked) fields.add(field);
    } else if (field.tagName === "SELECT") {
      if ([...field.options].some((option) => option.selected !== option.defaultSelected)) fields.add(field);
    } else if (field.value !== field.defaultValue) fields.add(field);
  }
  return fields;
}

/** Make `element` what the element of another document is. */
export function morph(element, wanted) {
  const view = element.ownerDocument.defaultView;
  const [x, y] = [view.scrollX, view.scrollY];
  const fields = new Map([...touched(element)].map((field) => [field, [field.value, field.checked]]));
  Idiomorph.morph(element, wanted, {
    morphStyle: "outerHTML",
    restoreFocus: true,
    callbacks: keep(fields),
  });
  for (const [field, [value, checked]] of fields) {
    if (!field.isConnected) continue;
    if (field.type === "checkbox" || field.type === "radio") field.checked = checked;
    else if (field.value !== value) field.value = value;
  }
  if (view.scrollX !== x || view.scrollY !== y) view.scrollTo(x, y);
}
