// axe-core in the window of a story: it looks at its own document only. It is a large file, loaded when it is needed first.

// Rules for whole pages, which do not apply to a single component.
const PAGE_RULES = ["bypass", "landmark-one-main", "page-has-heading-one", "region"];

/** An element with properties and children. */
export function make(name, properties, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function load(view) {
  if (view.axe) return view.axe;
  const script = view.document.createElement("script");
  script.src = new URL(`${document.body.dataset.root}_storytime/axe.js`, document.baseURI).href;
  script.dataset.storytime = "";
  const loaded = new Promise((done, failed) => {
    script.addEventListener("load", () => done(view.axe));
    script.addEventListener("error", () => failed(new Error("axe-core could not be loaded")));
  });
  view.document.head.append(script);
  return loaded;
}

/** Whether a story's parameter `a11y` switches the check off. */
export const isOff = (a11y) => a11y?.disable || a11y?.test === "off";

/**
 * What axe-core finds in a window, by a story's parameter `a11y`, which has Storybook's shape:
 * {"config": {"rules": [{"id": ..., "enabled": False}]}, "options": {"rules": {...}, "runOnly": ...}}.
 */
export async function audit(view, { config, options, context } = {}) {
  const axe = await load(view);
  const rules = Object.fromEntries(PAGE_RULES.map((id) => [id, { enabled: false }]));
  for (const { id, enabled } of config?.rules ?? []) if (enabled !== undefined) rules[id] = { enabled };
  axe.reset();
  if (config) axe.configure(config);
  return axe.run(context ?? view.document, {
    resultTypes: ["violations", "incomplete"],
    elementRef: true,
    ...options,
    rules: { ...rules, ...options?.rules },
  });
}

/** The severity of a failing rule. */
export const impactBadge = ({ impact }) => make("span", { className: "badge error", textContent: impact ?? "unknown" });

/** A link to the explanation of a rule. */
export const ruleLink = ({ helpUrl }) =>
  make("a", { href: helpUrl, target: "_blank", rel: "noopener", textContent: "About this rule" });
