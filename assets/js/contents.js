// The table of contents of a page that is read: open where it stands beside the text, closed where it stands above.
const WIDE = matchMedia("(min-width: 1200px)"); // as in prose.css

let isOpen = WIDE.matches;

function show() {
  const details = document.querySelector(".contents details");
  if (details) details.open = isOpen;
}

/** Open it where there is room; what somebody does to it stays when the page is updated. */
export function startContents() {
  show();
  WIDE.addEventListener("change", () => {
    isOpen = WIDE.matches;
    show();
  });
  document.addEventListener(
    "toggle",
    ({ target }) => target.matches(".contents details") && (isOpen = target.open),
    true,
  );
  document.addEventListener("storytime:updated", show);
}
