// Small pictures of the recording above the waveform, where the pointer or the finger is.
import { clock, lastStarted, make } from "./dom.js";

const EDGE_PX = 4;

export class Storyboard {
  constructor(wave, player, address) {
    this.wave = wave;
    this.player = player;
    this.address = address;
    this.tile = make("div", { class: "player-tile" });
    this.time = make("span", { class: "player-tile-time num" });
    this.node = make("div", { class: "player-preview", "aria-hidden": "true", hidden: true }, this.tile, this.time);
    wave.append(this.node);
    wave.addEventListener("pointermove", (event) => this.show(event));
    wave.addEventListener("pointerdown", (event) => this.show(event));
    for (const kind of ["pointerleave", "pointercancel"]) wave.addEventListener(kind, () => this.hide());
    wave.addEventListener("pointerup", (event) => event.pointerType !== "mouse" && this.hide());
  }

  hide() {
    this.node.hidden = true;
    this.at = null;
  }

  show(event) {
    if (event.pointerType !== "mouse" && !this.wave.hasPointerCapture(event.pointerId) && event.type !== "pointerdown") return;
    this.load();
    const { left, width } = this.wave.getBoundingClientRect();
    const x = Math.max(0, Math.min(width, event.clientX - left));
    const seconds = (x / width) * this.player.duration;
    this.time.textContent = clock(seconds, true);
    this.node.hidden = false;
    this.at = { x, seconds, width };
    this.paint();
  }

  paint() {
    if (!this.at) return;
    const { x, seconds, width } = this.at;
    const cue = this.cues?.[Math.max(0, lastStarted(this.cues, seconds))];
    this.tile.hidden = !cue;
    if (cue) this.lay(cue);
    const half = this.node.offsetWidth / 2;
    this.node.style.left = `${Math.max(half + EDGE_PX, Math.min(width - half - EDGE_PX, x))}px`;
  }

  lay(cue) {
    this.tile.style.width = `${cue.w}px`;
    this.tile.style.height = `${cue.h}px`;
    this.tile.style.backgroundImage = `url("${cue.sheet}")`;
    this.tile.style.backgroundPosition = `-${cue.x}px -${cue.y}px`;
  }

  /** Fetches the list once, when it is first wanted. */
  load() {
    if (!this.address || this.asked) return;
    this.asked = true;
    fetch(this.address)
      .then((answer) => (answer.ok ? answer.text() : ""))
      .then((text) => {
        this.cues = parse(text, new URL(this.address, location.href));
        this.paint();
      })
      .catch(() => (this.asked = false));
  }
}

/** The cues of a WebVTT of pictures: start in seconds, the sheet's address, and the place on it. */
export function parse(text, base) {
  const cues = [];
  const pattern = /(\d+):(\d\d):(\d\d\.\d+) --> .*\n(\S+)#xywh=(\d+),(\d+),(\d+),(\d+)/g;
  for (const [, hours, minutes, seconds, sheet, ...place] of text.matchAll(pattern)) {
    const [x, y, w, h] = place.map(Number);
    cues.push({ start: Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds), sheet: new URL(sheet, base).href, x, y, w, h });
  }
  return cues;
}
