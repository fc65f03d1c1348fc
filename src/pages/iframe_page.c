/* iframe.html: the address at which Storybook's tools look for a story, `iframe.html?id=ID&viewMode=story`. */
#include "base/alloc.h"
#include "pages/html.h"

/* By itself the page gives way to the preview, so that tools see the story's own document. In a frame it stays and
 * shows the preview within, as what is around it speaks with it on Storybook's channel: it tells of the values that the
 * story's page has, and where a server renders them, shows others. Only stories of this catalog are ever shown. */
static const char script[] =
    "const query = new URLSearchParams(location.search);\n"
    "const frame = document.querySelector('iframe');\n"
    "const missing = document.querySelector('main');\n"
    "const post = (type, ...args) => parent.postMessage(JSON.stringify({ key: 'storybook-channel', refId: "
    "query.get('refId') ?? undefined, event: { type, args, from: 'storytime' } }), '*');\n"
    "let shown = {};\n"
    "const address = (path) => new URL(path.split('/').map(encodeURIComponent).join('/'), location);\n"
    "function show(id, view, args = query.get('args')) {\n"
    "  const known = Object.hasOwn(stories, id);\n"
    "  missing.hidden = known;\n"
    "  frame.hidden = !known || parent === window;\n"
    "  if (!known) return parent === window || post('storyMissing', id);\n"
    "  const page = stories[id].endsWith('.html');\n" /* a document's own */
    "  const docs = page || view === 'docs';\n"
    "  const target = address(page ? stories[id] : docs ? stories[id].replace(/[^/]+\\/$/, 'index.html') : "
    "`${stories[id]}preview.html`);\n"
    "  if (args) target.searchParams.set('args', args);\n"
    "  if (query.has('globals')) target.searchParams.set('globals', query.get('globals'));\n"
    "  if (parent === window) return location.replace(target);\n"
    "  frame.onload = () => post('storyRendered', id);\n"
    "  post('currentStoryWasSet', { storyId: id, viewMode: docs ? 'docs' : 'story' });\n"
    "  frame.contentWindow.location.replace(target);\n"
    "  if (!docs && shown.id !== id) prepare(id);\n"
    "}\n"
    /* The values, as the story's page has them. */
    "const fixed = { '!true': true, '!false': false, '!null': null };\n"
    "const kinds = { boolean: 'boolean', number: 'number', range: 'number', object: 'object' };\n"
    "function decode(type, raw) {\n"
    "  if (Object.hasOwn(fixed, raw)) return fixed[raw];\n"
    "  const [, json, text] = raw.match(/^!(?:json\\((.*)\\)|(?:date|hex)\\((.*)\\))$/s) ?? [];\n"
    "  if (json !== undefined) return JSON.parse(decodeURIComponent(json));\n"
    "  return kinds[type] === 'number' ? Number(raw) : decodeURIComponent(text ?? raw);\n"
    "}\n"
    "function argType(name, { type, options, min, max, step }, served) {\n"
    "  const values = options?.map(([raw]) => decode(type, raw));\n"
    "  const labels = options && Object.fromEntries(options.map(([, label], at) => [values[at], label]));\n"
    "  return { name, type: { name: kinds[type] ?? 'string' }, options: values, control: served && { type, min, max, "
    "step, labels } };\n"
    "}\n"
    "async function prepare(id) {\n"
    "  const mine = (shown = { id, initial: {}, args: {} });\n"
    "  const argTypes = {};\n"
    "  const text = await fetch(address(`${stories[id]}index.html`)).then((answer) => answer.text(), () => '');\n"
    "  const page = new DOMParser().parseFromString(text, 'text/html');\n"
    "  const served = page.querySelector('script[data-storytime]') !== null;\n"
    "  for (const row of page.querySelectorAll('#props tr[data-control][data-raw]')) {\n"
    "    const name = row.querySelector('th code').textContent;\n"
    "    const control = JSON.parse(row.dataset.control);\n"
    "    mine.initial[name] = decode(control.type, row.dataset.raw);\n"
    "    argTypes[name] = argType(name, control, served);\n"
    "  }\n"
    "  mine.args = { ...mine.initial };\n"
    "  if (shown === mine) post('storyPrepared', { id, parameters: {}, argTypes, initialArgs: mine.initial, args: "
    "mine.args });\n"
    "}\n"
    "const escape = (text) => encodeURIComponent(text).replace(/!/g, '%21');\n"
    "function encode(value) {\n"
    "  if (value === undefined || value === '_undefined_') return '!undefined';\n" /* as the channel writes it */
    "  if (typeof value === 'number') return String(value);\n"
    "  if (typeof value === 'string') return escape(value);\n"
    "  return typeof value === 'object' && value !== null ? `!json(${escape(JSON.stringify(value))})` : `!${value}`;\n"
    "}\n"
    "function change(id, args) {\n"
    "  if (id !== shown.id) return;\n"
    "  shown.args = args;\n"
    "  const names = Object.keys(args).filter((name) => args[name] !== shown.initial[name]);\n"
    "  show(id, 'story', names.map((name) => `${escape(name)}:${encode(args[name])}`).join(';'));\n"
    "  post('storyArgsUpdated', { storyId: id, args });\n"
    "}\n"
    "function reset({ storyId, argNames }) {\n"
    "  const args = { ...shown.args };\n"
    "  for (const name of Array.isArray(argNames) ? argNames : Object.keys(args)) args[name] = shown.initial[name];\n"
    "  change(storyId, args);\n"
    "}\n"
    "const events = {\n"
    "  setCurrentStory: ({ storyId, viewMode }) => typeof storyId === 'string' && show(storyId, viewMode, ''),\n"
    "  updateStoryArgs: ({ storyId, updatedArgs }) => change(storyId, { ...shown.args, ...updatedArgs }),\n"
    "  resetStoryArgs: reset,\n"
    "};\n"
    "addEventListener('message', ({ source, data }) => {\n"
    "  if (source !== parent || parent === window || typeof data !== 'string') return;\n"
    "  let message;\n"
    "  try { message = JSON.parse(data); } catch { return; }\n"
    "  const event = message?.key === 'storybook-channel' ? message.event : undefined;\n"
    "  const choice = event?.args?.[0];\n"
    "  if (Object.hasOwn(events, event?.type ?? '') && typeof choice === 'object' && choice !== null) "
    "events[event.type](choice);\n"
    "});\n"
    "show(query.get('id') ?? '', query.get('viewMode'));\n";

/* Of a story the directory of its pages, of a document the page. */
static void add_paths(struct sty_buf *out, const struct sty_node *node, const char **separator) {
    if (has_docs(node)) {
        char *page = sty_node_page(node); /* owned */
        sty_buf_add(out, *separator);
        add_docs_id(out, node);
        sty_buf_putc(out, ':');
        add_json_string(out, page);
        out->failed = out->failed || page == NULL;
        sty_free(page);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->story_count; i++) {
        struct sty_buf path = {0};
        sty_buf_printf(&path, "%s%s%s/", node->path, node->path[0] != '\0' ? "/" : "", node->stories[i].slug);
        sty_buf_add(out, *separator);
        add_story_id(out, node, &node->stories[i]);
        sty_buf_putc(out, ':');
        add_json_string(out, sty_buf_text(&path));
        out->failed = out->failed || path.failed;
        sty_buf_finish(&path);
        *separator = ",\n";
    }
    for (size_t i = 0; i < node->child_count; i++) {
        add_paths(out, node->children[i], separator);
    }
}

void render_iframe_page(const struct sty_catalog *catalog, struct sty_buf *out) {
    const char *separator = "";

    sty_buf_add(out, "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
                     "content=\"width=device-width, initial-scale=1\">\n<title>Story</title>\n<link rel=\"icon\" "
                     "href=\"data:,\">\n<style>html,body{margin:0;height:100%}iframe{display:block;width:100%;"
                     "height:100%;border:0}main{padding:1rem;font:1rem/1.5 system-ui,sans-serif}"
                     "[hidden]{display:none}</style>\n</head>\n<body>\n<main hidden>\n<h1>No such story</h1>\n<p>"
                     "The address names no story of this catalog: it ends with <code>?id=</code> and an id of "
                     "<a href=\"index.json\">index.json</a>.</p>\n<p><a href=\"index.html\">Go to the home "
                     "page</a></p>\n</main>\n<iframe title=\"Story\" hidden></iframe>\n<script>\nconst stories = {\n");
    add_paths(out, catalog->site, &separator);
    sty_buf_add(out, "\n};\n");
    sty_buf_add(out, script);
    sty_buf_add(out, "</script>\n</body>\n</html>\n");
}
