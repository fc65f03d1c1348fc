// Settings that are kept from page to page: for this browser tab, or permanently. Storage may be
// forbidden; then nothing is kept.
const storage = (always) => (always ? localStorage : sessionStorage);

export function recall(name, { always = false } = {}) {
  try {
    return storage(always).getItem(`storytime-${name}`);
  } catch {
    return null;
  }
}

export function remember(name, value, { always = false } = {}) {
  try {
    if (value === null) storage(always).removeItem(`storytime-${name}`);
    else storage(always).setItem(`storytime-${name}`, value);
  } catch {
    // nothing is remembered
  }
}
