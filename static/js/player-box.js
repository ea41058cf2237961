// Frames drawn over the picture where machines saw something: of one tag that was asked for, and of all while they last.
import { make } from "./dom.js";

const SVG = "http://www.w3.org/2000/svg";
const NEAR_S = 0.75;
const WINDOW_S = 30;
const MOST = 40;
const MOST_WORDED = 8;

export class BoxOverlay {
  constructor(stage, video, address) {
    this.video = video;
    this.address = address;
    this.windows = new Map();
    this.on = Boolean(address);
    this.layer = make("div", { class: "player-box", "aria-hidden": "true" });
    stage.append(this.layer);
    new ResizeObserver(() => this.draw()).observe(video);
    this.show(null, 0);
  }

  /** `box` is x, y, width, height as fractions of the picture, seen at `time` seconds; null hides. */
  show(box, time) {
    this.asked = box ? { box, time, label: "" } : null;
    this.draw();
  }

  /** Shows or hides the boxes of all tags; returns whether they are shown. */
  toggle() {
    this.on = !this.on;
    this.draw();
    return this.on;
  }

  moveTo(time) {
    this.time = time;
    if (this.asked && Math.abs(time - this.asked.time) > NEAR_S) this.asked = null;
    if (this.on && this.address) this.fetch(Math.floor(time / WINDOW_S));
    this.draw();
  }

  /** Boxes come by windows of 30 seconds, each once. */
  fetch(window) {
    if (this.windows.has(window)) return;
    this.windows.set(window, []);
    const asked = new URLSearchParams({ start: window * WINDOW_S, end: (window + 1) * WINDOW_S });
    fetch(`${this.address}?${asked}`, { headers: { Accept: "application/json" } })
      .then((answer) => (answer.ok ? answer.json() : { tags: [] }))
      .then(({ tags }) => {
        this.windows.set(window, tags);
        this.draw();
      })
      .catch(() => this.windows.delete(window));
  }

  seen() {
    const found = [];
    if (this.on && this.time !== undefined) {
      for (const tag of this.windows.get(Math.floor(this.time / WINDOW_S)) ?? []) {
        const box = boxAt(tag.boxes, this.time);
        if (box && found.length < MOST) found.push({ box, label: tag.label, kind: tag.kind });
      }
    }
    if (this.asked && !found.some(({ box }) => near(box, this.asked.box))) found.push({ box: this.asked.box, label: "", kind: "asked" });
    return found;
  }

  draw() {
    const found = this.video.clientWidth ? this.seen() : [];
    if (!found.length && !this.layer.firstChild) return;
    this.layer.replaceChildren(...(found.length ? [this.picture(found)] : []), ...(found.length > MOST_WORDED ? [] : found.filter(({ label }) => label).map((one) => this.label(one))));
  }

  picture(found) {
    const { width, height } = this.room();
    const svg = document.createElementNS(SVG, "svg");
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    for (const one of found) {
      const rect = document.createElementNS(SVG, "rect");
      const place = this.place(one.box);
      for (const name of ["x", "y", "width", "height"]) rect.setAttribute(name, place[name]);
      rect.setAttribute("class", `is-${one.kind}`);
      svg.append(rect);
    }
    return svg;
  }

  label({ box, label }) {
    const place = this.place(box);
    const node = make("span", { class: "player-box-label" }, label);
    node.style.left = `${place.x}px`;
    node.style.top = `${Math.max(0, place.y - 18)}px`;
    return node;
  }

  room() {
    return { width: this.video.clientWidth, height: this.video.clientHeight };
  }

  /** Fractions of the picture in pixels of the stage; the picture may have black beside it. */
  place([x, y, w, h]) {
    const { width, height } = this.room();
    const ratio = this.video.videoWidth / this.video.videoHeight || width / height;
    const seen = width / height > ratio ? { w: height * ratio, h: height } : { w: width, h: width / ratio };
    return { x: (width - seen.w) / 2 + x * seen.w, y: (height - seen.h) / 2 + y * seen.h, width: w * seen.w, height: h * seen.h };
  }
}

/** Where the box stands at `time`: between the two places it was seen at, if they are near; null elsewhere. */
export function boxAt(boxes, time) {
  let before = null;
  for (const box of boxes) {
    if (box[0] <= time) before = box;
    else {
      if (before && box[0] - before[0] <= 2 * NEAR_S) {
        const part = (time - before[0]) / (box[0] - before[0]);
        return [1, 2, 3, 4].map((at) => before[at] + (box[at] - before[at]) * part);
      }
      if (box[0] - time <= NEAR_S / 2) return box.slice(1, 5);
      break;
    }
  }
  return before && time - before[0] <= NEAR_S / 2 ? before.slice(1, 5) : null;
}

function near(one, other) {
  return one.every((value, at) => Math.abs(value - other[at]) < 0.02);
}
