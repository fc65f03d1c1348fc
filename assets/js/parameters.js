/** What the parameters of this page's story say, as the page has it now. */
export function parameters() {
  return JSON.parse(document.getElementById("parameters")?.textContent ?? "{}");
}
