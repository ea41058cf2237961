// Small makers shared by the elements: nodes, icons, the clock of a recording, the CSRF token.

const SPRITE = new URL("../icons/sprite.svg", import.meta.url).href;
const SVG = "http://www.w3.org/2000/svg";

/** An element with attributes (`class`, `data-…`, `hidden` …) and children (nodes or text). */
export function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children);
  return node;
}

/** A glyph of the sprite, hidden from screen readers. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `${SPRITE}#${name}`);
  svg.append(use);
  return svg;
}

/** Seconds as 1:05 or 1:02:03; with `tenths`, 1:05.4. */
export function clock(seconds, tenths = false) {
  const all = Math.max(0, Number.isFinite(seconds) ? seconds : 0);
  const whole = Math.floor(all + 1e-6);
  const two = (n) => String(n).padStart(2, "0");
  const hours = Math.floor(whole / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  const text = hours ? `${hours}:${two(minutes)}:${two(whole % 60)}` : `${minutes}:${two(whole % 60)}`;
  return tenths ? `${text}.${Math.floor((all - whole + 1e-6) * 10)}` : text;
}

/** The token every unsafe request carries. */
export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]')?.content ?? "";
}

/** The index of the last item whose start is not after `time`, in a list sorted by start; -1 when none. */
export function lastStarted(items, time) {
  let low = 0;
  let high = items.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (items[middle].start <= time) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Asks whichever player shows this evidence to go there; false when none does. */
export function seek(detail) {
  return !document.dispatchEvent(new CustomEvent("blotter:seek", { detail, cancelable: true }));
}

/** A short message at the foot of the screen, read out politely. */
export function say(message) {
  document.querySelector(".toast:not(.has-undo)")?.remove();
  const toast = make("div", { class: "toast", role: "status" });
  document.body.append(toast);
  toast.textContent = message;
  setTimeout(() => toast.remove(), 6000);
}
