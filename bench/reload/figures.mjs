// Statistics of a series of numbers, and tables.

/** The value below which this share of a series is. */
export function percentile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];
}

export const median = (values) => percentile(values, 0.5);
export const p95 = (values) => percentile(values, 0.95);
export const round = (value) => (value === undefined ? "-" : value.toFixed(1));

/** Print rows as a table. The first column is aligned to the left, the others to the right. */
export function table(rows) {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => String(row[column]).length)));
  for (const row of rows) {
    const cells = row.map((cell, column) => {
      const text = String(cell);
      return column === 0 ? text.padEnd(widths[column]) : text.padStart(widths[column]);
    });
    console.log(cells.join("  "));
  }
}
