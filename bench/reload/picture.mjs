// The picture for the README: bars of medians, with a line up to the 95th percentile, and the floor across.
import { cpus } from "node:os";
import { median, p95, round } from "./figures.mjs";

const [WIDTH, HEIGHT, LEFT, TOP, BOTTOM] = [760, 400, 50, 78, 64];
const COLOURS = { component: "#2563a8", stories: "#d97706", helper: "#4d7c0f" };
const NAMES = { component: "a component", stories: "its stories", helper: "a helper of its section" };

const number = (value) => String(Math.round(value * 10) / 10);
const text = (x, y, content, more = "") => `<text x="${number(x)}" y="${number(y)}" ${more}>${content}</text>`;

/** Steps of an axis: a round number that goes into the range four to eight times. */
function step(range) {
  return [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000].find((size) => range / size <= 8) ?? range;
}

function drawAxis(most, y) {
  const lines = [];
  for (let value = 0; value <= most; value += step(most)) {
    lines.push(`<path d="M${LEFT} ${number(y(value))}H${WIDTH - 20}" stroke="#ddd"/>`);
    lines.push(text(LEFT - 8, y(value) + 4, value, 'text-anchor="end" fill="#555"'));
  }
  return lines;
}

function drawBar(x, width, y, values, colour) {
  const [middle, high] = [median(values), p95(values)];
  return [
    `<rect x="${number(x)}" y="${number(y(middle))}" width="${number(width)}" height="${number(y(0) - y(middle))}" fill="${colour}"/>`,
    `<path d="M${number(x + width / 2)} ${number(y(middle))}V${number(y(high))}m-4 0h8" stroke="#222" fill="none"/>`,
    text(x + width / 2, y(high) - 5, round(middle), 'text-anchor="middle" font-size="12"'),
  ];
}

function drawLegend() {
  let x = LEFT;
  return Object.entries(NAMES).map(([name, label]) => {
    const parts = `<rect x="${x}" y="47" width="12" height="12" fill="${COLOURS[name]}"/>${text(x + 18, 58, label)}`;
    x += 40 + label.length * 7;
    return parts;
  });
}

/** The picture of all sizes: saves by overwriting, up to the changed DOM. */
export function drawPicture(results, saves) {
  const series = ({ edits }, name) => edits[name].overwrite.dom;
  const names = Object.keys(NAMES);
  const most = Math.max(...results.flatMap((result) => names.map((name) => p95(series(result, name))))) * 1.08;
  const y = (value) => HEIGHT - BOTTOM - (value / most) * (HEIGHT - TOP - BOTTOM);
  const group = (WIDTH - LEFT - 20) / results.length;
  const bar = Math.min(44, group / 4.5);
  const parts = drawAxis(most, y);
  results.forEach((result, index) => {
    const middle = LEFT + group * (index + 0.5);
    const ground = median(result.floor.overwrite.dom);
    names.forEach((name, n) =>
      parts.push(...drawBar(middle + (n - 1.5) * (bar + 6) + 3, bar, y, series(result, name), COLOURS[name])),
    );
    parts.push(
      `<path d="M${number(middle - bar * 2)} ${number(y(ground))}h${number(bar * 4)}" stroke="#b91c1c" stroke-width="2" stroke-dasharray="5 3"/>`,
    );
    parts.push(
      text(middle, HEIGHT - BOTTOM + 20, `${result.stories.toLocaleString("en")} stories`, 'text-anchor="middle"'),
    );
  });
  const note = `Measured on ${cpus().length} cores with Chromium; median of ${saves} saves, the thin line ends at the 95th percentile.`;
  const floor = "Dashed: a server that does nothing but read the file and push its text, in the same run.";
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" font-family="system-ui, sans-serif" font-size="13" fill="#222" role="img" aria-label="From a save to the changed DOM, in milliseconds">
<rect width="${WIDTH}" height="${HEIGHT}" rx="8" fill="#fff"/>
${text(LEFT, 30, "From a save to the changed DOM, in milliseconds, after an edit of", 'font-size="16" font-weight="600"')}
${drawLegend().join("\n")}
${parts.join("\n")}
${text(LEFT, HEIGHT - 26, note, 'fill="#555" font-size="12"')}
${text(LEFT, HEIGHT - 9, floor, 'fill="#555" font-size="12"')}
</svg>
`;
}
