// The panels below a story: tabs, and buttons that copy. Without JavaScript they stand one below the other.
import { recall, remember } from "./memory.js";

const tabs = () => [...document.querySelectorAll(".tabs [role=tab]")];

function select(chosen) {
  for (const tab of tabs()) {
    const panel = document.getElementById(tab.getAttribute("aria-controls"));
    const selected = tab === chosen;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    panel.classList.toggle("shown", selected);
  }
  remember("tab", chosen.id);
}

function step(event) {
  const all = tabs();
  const at = all.indexOf(event.target);
  const to = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
  if (to === undefined) return;
  event.preventDefault();
  const next = all.at(to % all.length);
  select(next);
  next.focus();
}

/** Copy a text and say so on the button for a moment. */
export async function copy(button, text) {
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(text);
    button.textContent = "Copied";
  } catch {
    button.textContent = "Not allowed";
  }
  setTimeout(() => (button.textContent = label), 1500);
}

export function bindPanels() {
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    const tab = event.target.closest(".tabs [role=tab]");
    if (button) copy(button, button.parentElement.querySelector("pre").textContent);
    else if (tab) select(tab);
  });
  document.addEventListener("keydown", (event) => event.target.matches?.(".tabs [role=tab]") && step(event));
}

/** Show the panel that was chosen last, here or on another story's page. */
export function startPanels() {
  const all = tabs();
  if (all.length) select(all.find((tab) => tab.id === recall("tab")) ?? all[0]);
}
