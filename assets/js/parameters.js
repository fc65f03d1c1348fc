/** The parameters of a story, from its page: this one, or the document of another one. */
export function parameters(page = document) {
  return JSON.parse(page.getElementById("parameters")?.textContent ?? "{}");
}
