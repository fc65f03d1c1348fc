// The chart in the README: a bar for the median of each kind of save and size of the catalog, and of each other tool. A thin line
// ends at the 95th percentile.
import { cpus } from "node:os";
import { median, p95, round } from "./figures.mjs";

const [WIDTH, LEFT, RIGHT, TOP, BOTTOM] = [760, 250, 60, 74, 46];
const [BAR, LEAST, GAP] = [8, 13, 8]; // heights: of a bar, of a group, between groups
const COLOURS = ["#9dc3ec", "#4a86c8", "#173f6d"]; // by size, from the smallest
const OTHER = "#d97706";

const number = (value) => String(Math.round(value * 10) / 10);
const count = (value) => value.toLocaleString("en");
const escaped = (content) => String(content).replace(/&/g, "&amp;").replace(/</g, "&lt;");
const text = (x, y, content, more = "") => `<text x="${number(x)}" y="${number(y)}" ${more}>${escaped(content)}</text>`;

/* A bar that is longer than the scale ends at the edge; the number beside it is its real length. */
function drawBar(y, values, colour, scale) {
  const [middle, high] = [median(values), p95(values)];
  const [end, edge] = [scale(middle), WIDTH - RIGHT];
  const line = `<path d="M${number(end)} ${number(y + BAR / 2)}H${number(Math.min(edge, scale(high)))}" stroke="#777"/>`;
  return [
    `<rect x="${LEFT}" y="${number(y)}" width="${number(Math.min(edge, end) - LEFT)}" height="${BAR}" fill="${colour}"/>`,
    ...(end < edge ? [line] : []),
    text(
      Math.min(edge, Math.max(end, scale(high))) + 4,
      y + BAR - 1,
      middle < 100 ? round(middle) : count(Math.round(middle)),
      'font-size="9"',
    ),
  ];
}

function drawGroup(y, label, bars, scale) {
  const height = Math.max(bars.length * BAR, LEAST);
  const top = y + (height - bars.length * BAR) / 2;
  return [
    text(LEFT - 8, y + height / 2 + 4, label, 'text-anchor="end"'),
    ...bars.flatMap(([values, colour], n) => drawBar(top + n * BAR, values, colour, scale)),
  ];
}

function drawLegend(results) {
  return results.flatMap(({ stories }, n) => [
    `<rect x="${LEFT + n * 130}" y="46" width="12" height="12" fill="${COLOURS[n % COLOURS.length]}"/>`,
    text(LEFT + n * 130 + 18, 57, `${count(stories)} stories`),
  ]);
}

function drawAxis(most, bottom, scale) {
  const step = [1, 2, 5, 10, 20, 50, 100, 200, 500].find((size) => most / size <= 8) ?? most;
  return Array.from({ length: Math.floor(most / step) + 1 }, (_, n) => n * step).flatMap((value) => [
    `<path d="M${number(scale(value))} ${TOP - 6}V${bottom}" stroke="#e5e5e5"/>`,
    text(scale(value), bottom + 14, value, 'text-anchor="middle" fill="#555" font-size="11"'),
  ]);
}

/**
 * Draw the times of storytime, [{stories, rows: [{name, dom}]}] by size of the catalog, and of other tools, [{name, dom}]. `dom`
 * is a list of milliseconds from a save to the changed page.
 */
export function drawPicture(results, peers, saves) {
  const names = results[0].rows.map(({ name }) => name);
  const kinds = names.map((name) => [
    name,
    results.map(({ rows }, n) => [rows.find((row) => row.name === name).dom, COLOURS[n % COLOURS.length]]),
  ]);
  const others = peers.map(({ name, dom }) => [name, [[dom, OTHER]]]);
  const most = Math.max(...kinds.flatMap(([, bars]) => bars.map(([dom]) => median(dom)))) * 1.15;
  const scale = (value) => LEFT + (value / most) * (WIDTH - RIGHT - LEFT);
  const parts = [];
  let y = TOP;
  for (const [name, bars] of [...kinds, ...others]) {
    parts.push(...drawGroup(y, name, bars, scale));
    y += Math.max(bars.length * BAR, LEAST) + GAP;
  }
  const height = y + BOTTOM;
  const note = `${cpus().length} cores, Chromium; medians of ${saves} saves, thin lines end at the 95th percentile.`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" font-family="system-ui, sans-serif" font-size="13" fill="#222" role="img" aria-label="From a save to the changed page, in milliseconds">
<rect width="${WIDTH}" height="${height}" rx="8" fill="#fff"/>
${text(20, 28, "From a save to the changed page in the browser, in milliseconds", 'font-size="16" font-weight="600"')}
${drawLegend(results).join("\n")}
${drawAxis(most, y - GAP + 4, scale).join("\n")}
${parts.join("\n")}
${text(20, height - 12, note, 'fill="#555" font-size="12"')}
</svg>
`;
}
