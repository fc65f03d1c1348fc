// The panels below a story: tabs, and buttons that copy. Without JavaScript they stand one below the other.
function select(tabs, panels, chosen) {
  tabs.forEach((tab, at) => {
    const selected = at === chosen;
    tab.setAttribute("aria-selected", selected);
    tab.tabIndex = selected ? 0 : -1;
    panels[at].hidden = !selected;
  });
}

function makeTabs(section) {
  const panels = [...section.querySelectorAll(".panel")];
  const list = document.createElement("div");
  list.className = "tabs";
  list.setAttribute("role", "tablist");
  list.setAttribute("aria-label", section.getAttribute("aria-label"));
  const tabs = panels.map((panel, at) => {
    const heading = panel.querySelector("h2");
    const tab = Object.assign(document.createElement("button"), {
      type: "button",
      id: `tab-${panel.id}`,
      textContent: heading.textContent,
    });
    tab.setAttribute("role", "tab");
    tab.setAttribute("aria-controls", panel.id);
    tab.addEventListener("click", () => choose(at));
    heading.className = "away";
    panel.setAttribute("role", "tabpanel");
    panel.setAttribute("aria-labelledby", tab.id);
    return tab;
  });
  const choose = (at) => {
    section.dataset.chosen = at;
    select(tabs, panels, at);
  };
  list.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    const at = (Number(section.dataset.chosen) + step + tabs.length) % tabs.length;
    choose(at);
    tabs[at].focus();
  });
  list.append(...tabs);
  section.prepend(list);
  choose(Number(section.dataset.chosen ?? 0));
}

let bound = false;

export function startPanels() {
  const section = document.querySelector(".panels");
  if (section && !section.querySelector(".tabs")) makeTabs(section);
  if (bound) return;
  bound = true;
  document.addEventListener("click", (event) => {
    const button = event.target.closest(".copy");
    if (!button) return;
    navigator.clipboard?.writeText(button.parentElement.querySelector("pre").textContent).then(
      () => (button.textContent = "Copied"),
      () => (button.textContent = "Not allowed"),
    );
  });
}
