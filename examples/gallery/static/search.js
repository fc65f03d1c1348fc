// A search box shows what its address answers, while one types.
let newest = new AbortController();

async function search(form) {
  newest.abort();
  newest = new AbortController();
  const results = form.querySelector(".results");
  const query = new URLSearchParams(new FormData(form));
  try {
    const response = await fetch(`${form.getAttribute("action")}?${query}`, { signal: newest.signal });
    if (!response.ok) throw new Error(response.statusText);
    results.innerHTML = await response.text();
  } catch (error) {
    if (error.name !== "AbortError") results.textContent = "The search does not answer. Try again later.";
  }
}

for (const kind of ["input", "submit"]) {
  document.addEventListener(kind, (event) => {
    const form = event.target.closest("form[role=search]");
    if (!form) return;
    event.preventDefault();
    search(form);
  });
}
