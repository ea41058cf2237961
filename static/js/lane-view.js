// Which seconds of the recording the lanes show: by wheel, by two fingers, by dragging, by the strip below.

const LEAST_S = 2;
const STILL_PX = 5;
const MARGIN = 0.15;

export class LaneView {
  constructor(stage, strip, duration, told) {
    Object.assign(this, { stage, strip, duration, told, from: 0, until: duration });
    this.fingers = new Map();
    stage.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    stage.addEventListener("pointerdown", (event) => this.down(event));
    stage.addEventListener("pointermove", (event) => this.move(event));
    stage.addEventListener("pointerup", (event) => this.up(event));
    for (const kind of ["pointercancel", "pointerleave"]) stage.addEventListener(kind, (event) => this.gone(event));
    for (const kind of ["pointerdown", "pointermove"]) {
      strip.addEventListener(kind, (event) => {
        if (!event.buttons) return;
        strip.setPointerCapture(event.pointerId);
        const { left, width } = strip.getBoundingClientRect();
        this.moveTo(((event.clientX - left) / width) * this.duration - this.span / 2);
      });
    }
  }

  get span() {
    return this.until - this.from;
  }

  get whole() {
    return this.span >= this.duration - 1e-6;
  }

  second(x) {
    return this.from + (x / this.stage.clientWidth) * this.span;
  }

  reset() {
    this.put(0, this.duration);
  }

  moveTo(from) {
    const span = this.span;
    const start = Math.max(0, Math.min(this.duration - span, from));
    this.put(start, start + span);
  }

  /** Closer (above 1) or farther (below 1); `second` stays where it is, or comes into the middle when it was out of sight. */
  zoom(times, second) {
    const span = Math.min(this.duration, Math.max(LEAST_S, this.span / times));
    const part = second >= this.from && second <= this.until ? (second - this.from) / this.span : 0.5;
    const from = Math.max(0, Math.min(this.duration - span, second - part * span));
    this.put(from, from + span);
  }

  /** Shows from `start` to `end` with room beside; false when that is no closer than now. */
  closer(start, end) {
    const wide = Math.min(this.duration, Math.max(LEAST_S, (end - start) * (1 + 2 * MARGIN)));
    if (wide > this.span * 0.9) {
      if (this.span <= LEAST_S * 1.01) return false;
      this.zoom(3, (start + end) / 2);
      return true;
    }
    const from = Math.max(0, Math.min(this.duration - wide, (start + end) / 2 - wide / 2));
    this.put(from, from + wide);
    return true;
  }

  reveal(start, end) {
    if (this.whole || (start >= this.from && start <= this.until)) return;
    this.moveTo((start + Math.min(end, start + this.span)) / 2 - this.span / 2);
  }

  put(from, until) {
    this.from = from;
    this.until = until;
    this.told.changed();
  }

  wheel(event) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY) || event.shiftKey;
    if (!event.ctrlKey && !event.metaKey && !(sideways && !this.whole)) return; // the page scrolls
    event.preventDefault();
    if (sideways) this.moveTo(this.from + ((event.deltaX || event.deltaY) / this.stage.clientWidth) * this.span);
    else this.zoom(Math.exp(-event.deltaY / 300), this.second(this.place(event).x));
  }

  place(event) {
    const { left, top } = this.stage.getBoundingClientRect();
    return { x: event.clientX - left, y: event.clientY - top };
  }

  down(event) {
    this.fingers.set(event.pointerId, this.place(event));
    this.began = { ...this.place(event), from: this.from, moved: false };
    if (this.fingers.size === 2) this.pinch = { apart: this.apart(), span: this.span, middle: this.second(this.middle()) };
  }

  move(event) {
    const here = this.place(event);
    if (!this.fingers.has(event.pointerId)) return this.told.over(here.x, here.y);
    this.fingers.set(event.pointerId, here);
    if (this.fingers.size === 2 && this.pinch) return this.spread();
    if (Math.abs(here.x - this.began.x) > STILL_PX || Math.abs(here.y - this.began.y) > STILL_PX) this.began.moved = true;
    if (!this.began.moved || this.whole) return null;
    this.stage.setPointerCapture(event.pointerId);
    return this.moveTo(this.began.from - ((here.x - this.began.x) / this.stage.clientWidth) * this.span);
  }

  spread() {
    this.began.moved = true;
    const span = Math.min(this.duration, Math.max(LEAST_S, (this.pinch.span * this.pinch.apart) / Math.max(10, this.apart())));
    const from = Math.max(0, Math.min(this.duration - span, this.pinch.middle - (this.middle() / this.stage.clientWidth) * span));
    this.put(from, from + span);
  }

  up(event) {
    const pressed = this.fingers.size === 1 && this.fingers.has(event.pointerId) && !this.began.moved;
    this.fingers.delete(event.pointerId);
    if (this.fingers.size < 2) this.pinch = null;
    if (pressed) this.told.pressed(this.place(event).x, this.place(event).y);
  }

  gone(event) {
    this.fingers.delete(event.pointerId);
    this.told.over(null, null);
  }

  apart() {
    const [one, other] = [...this.fingers.values()];
    return Math.hypot(one.x - other.x, one.y - other.y);
  }

  middle() {
    const [one, other] = [...this.fingers.values()];
    return (one.x + other.x) / 2;
  }
}
