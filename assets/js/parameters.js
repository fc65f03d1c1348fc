/** What the parameters of a story say, as its page has them: this one now, or a document of another. */
export function parameters(page = document) {
  return JSON.parse(page.getElementById("parameters")?.textContent ?? "{}");
}
