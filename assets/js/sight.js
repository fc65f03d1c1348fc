// Simulates impaired vision by filters over the preview's frame. The matrices are those of Machado, Oliveira and
// Fernandes (2009) for eyes that lack one kind of cones.
const MATRICES = {
  red: "0.152 1.053 -0.205 0 0 0.115 0.786 0.099 0 0 -0.004 -0.048 1.052 0 0 0 0 0 1 0",
  green: "0.367 0.861 -0.228 0 0 0.280 0.673 0.047 0 0 -0.012 0.043 0.969 0 0 0 0 0 1 0",
  blue: "1.256 -0.077 -0.179 0 0 -0.078 0.931 0.148 0 0 0.005 0.691 0.304 0 0 0 0 0 1 0",
};

const matrix = (name) => `url("#sight-${name}")`;

/** The entries of the menu: names and CSS filters; null is none. */
export const SIGHTS = {
  Normal: null,
  Blurred: "blur(2px)",
  "Low contrast": "contrast(0.5)",
  "No red (protanopia)": matrix("red"),
  "No green (deuteranopia)": matrix("green"),
  "No blue (tritanopia)": matrix("blue"),
  "No colours": "grayscale(1)",
};

/* SVG filters are elements of the page. */
function addFilters() {
  const filters = Object.entries(MATRICES).map(
    ([name, values]) => `<filter id="sight-${name}"><feColorMatrix values="${values}"/></filter>`,
  );
  document.body.insertAdjacentHTML("beforeend", `<svg id="sights" aria-hidden="true">${filters.join("")}</svg>`);
}

/** Apply a filter of the menu to a frame. */
export function showThrough(frame, filter) {
  if (filter?.startsWith("url") && !document.getElementById("sights")) addFilters();
  frame.style.filter = filter ?? "";
}
