// What a story does that would leave it: requests, submitted forms, followed links. This runs in the window of a served
// preview. A route's answer replaces the story; everything else is only reported to the page around it.
const tell = (action) => {
  try {
    const page = window.parent;
    page.document.dispatchEvent(new page.CustomEvent("storytime:action", { detail: action }));
  } catch {
    // the page around it is of another origin
  }
};

const isOurs = (url) => url.origin === location.origin;
const hasRoutes = () => document.querySelector('meta[name="storytime-routes"]') !== null;
const short = (url) => (isOurs(url) ? url.pathname + url.search : url.href);

/* Files of the catalog are no actions. */
function tellOfRequest(method, address, status, isRouted) {
  const url = new URL(address, document.baseURI);
  if (isRouted || status === 0 || status >= 400)
    tell({ kind: "request", method: method.toUpperCase(), target: short(url), status, isRouted });
}

function watchFetch() {
  const own = window.fetch;
  window.fetch = async (input, options) => {
    const method = options?.method ?? input?.method ?? "GET";
    const address = input?.url ?? String(input);
    try {
      const response = await own(input, options);
      tellOfRequest(method, address, response.status, response.headers.has("storytime-route"));
      return response;
    } catch (error) {
      if (error.name !== "AbortError") tellOfRequest(method, address, 0, false);
      throw error;
    }
  };
  return own;
}

function watchRequests() {
  const { open } = XMLHttpRequest.prototype;
  XMLHttpRequest.prototype.open = function (method, address, ...rest) {
    this.addEventListener("loadend", () =>
      tellOfRequest(method, address, this.status, this.getResponseHeader("storytime-route") !== null),
    );
    return open.call(this, method, address, ...rest);
  };
}

let ask = null;

/** Show a route's answer instead of the story. False: no route answers. */
async function follow(method, url, body) {
  if (!hasRoutes() || !isOurs(url)) return false;
  const response = await ask(url, { method, body, headers: { "storytime-document": "true" } });
  if (!response.headers.has("storytime-route")) return false;
  tell({ kind: "request", method, target: short(url), status: response.status, isRouted: true });
  if (response.ok && window.storytimeDocument.update(await response.text(), true)) scrollTo(0, 0);
  return true;
}

const shown = (value) => (typeof value === "string" ? value : value.name);

async function submit(event) {
  if (event.defaultPrevented) return;
  const { target: form, submitter } = event;
  const own = form.cloneNode(); // without the fields, whose names hide properties of the form
  const method = (submitter?.getAttribute("formmethod") ?? own.method).toUpperCase();
  if (method === "DIALOG") return;
  event.preventDefault();
  const data = new FormData(form, submitter);
  const url = new URL(submitter?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", document.baseURI);
  const fields = [...data].map(([name, value]) => `${name}=${shown(value)}`);
  tell({ kind: "submit", method, target: short(url), fields });
  const hasFiles = own.enctype === "multipart/form-data";
  const values = new URLSearchParams([...data].map(([name, value]) => [name, shown(value)]));
  if (method === "GET") url.search = values;
  await follow(method, url, method === "GET" ? undefined : hasFiles ? data : values);
}

async function click(event) {
  const link = event.target.closest?.("a[href], area[href]");
  if (!link || event.defaultPrevented || event.button !== 0) return;
  const url = new URL(link.href, document.baseURI);
  const isHere = isOurs(url) && url.pathname + url.search === location.pathname + location.search;
  const isInPage = isHere && url.hash !== "";
  if (url.protocol === "javascript:") return;
  tell({ kind: "link", target: isInPage ? url.hash : short(url) });
  if (isInPage) return;
  event.preventDefault();
  await follow("GET", url);
}

/* Routes know a preview by its address, which htmx changes with hx-push-url. */
function keepAddress() {
  for (const name of ["pushState", "replaceState"]) {
    const own = history[name];
    history[name] = (state, title) => own.call(history, state, title);
  }
}

/** Watch this window. Leaves a preview that is not in a frame alone, unless its story has routes. */
export function watchActions(isFramed) {
  ask = watchFetch();
  watchRequests();
  if (!isFramed && !hasRoutes()) return;
  if (hasRoutes()) keepAddress();
  addEventListener("submit", submit);
  addEventListener("click", click);
}
