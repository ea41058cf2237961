// The lanes drawn: one canvas, however many tags there are.
import { clock } from "./dom.js";
import { gather, heap, scaleStep } from "./lane-model.js";

const ROW_PX = 20;
const PAD_PX = 5;
const SCALE_PX = 20;
const LETTER_PX = 6.6;
const SLACK_PX = 4;
const BAR_PX = 5;
const CROWD = 6;

export class LaneCanvas {
  constructor(canvas, swatch) {
    this.canvas = canvas;
    this.swatch = swatch;
    this.shown = [];
  }

  /** Pixels from the top of each lane, and the height of all. */
  heights(lanes) {
    let top = SCALE_PX;
    const tops = lanes.map((lane) => {
      const at = top;
      top += lane.rows.length * ROW_PX + PAD_PX;
      return at;
    });
    return { tops, height: top + PAD_PX };
  }

  draw(lanes, view, { now, chosen }) {
    const { canvas } = this;
    const { tops, height } = this.heights(lanes);
    const width = canvas.clientWidth;
    const dense = devicePixelRatio || 1;
    canvas.style.height = `${height}px`;
    canvas.width = Math.round(width * dense);
    canvas.height = Math.round(height * dense);
    const pen = canvas.getContext("2d");
    pen.scale(dense, dense);
    const style = getComputedStyle(canvas);
    this.ink = (name) => style.getPropertyValue(name).trim();
    pen.font = `11px ${style.fontFamily}`;
    pen.textBaseline = "middle";
    this.scale(pen, view, width, height);
    this.shown = [];
    lanes.forEach((lane, at) => this.lane(pen, lane, tops[at], { ...view, width }, { now, chosen }));
  }

  scale(pen, { from, until }, width, height) {
    const step = scaleStep(until - from, Math.max(2, width / 90));
    pen.fillStyle = this.ink("--ink-2");
    pen.strokeStyle = this.ink("--line");
    for (let tick = Math.ceil(from / step) * step; tick <= until; tick += step) {
      const x = Math.round(((tick - from) / (until - from)) * width) + 0.5;
      pen.beginPath();
      pen.moveTo(x, SCALE_PX - 4);
      pen.lineTo(x, height);
      pen.stroke();
      const words = clock(tick, step < 1);
      const wide = pen.measureText(words).width;
      pen.fillText(words, Math.max(0, Math.min(width - wide, x - wide / 2)), SCALE_PX / 2 - 1);
    }
  }

  lane(pen, lane, top, view, state) {
    const colours = this.swatch(lane.kind);
    const rows = lane.rows.map((row) => gather(row, view));
    if (rows.some((marks) => marks.some(({ tags }) => tags.length > CROWD))) {
      this.crowd(pen, heap(lane.tags, view, BAR_PX), top, lane.rows.length * ROW_PX, colours);
      return;
    }
    rows.forEach((marks, number) => {
      const y = top + number * ROW_PX;
      marks.forEach((mark, at) => {
        const room = (marks[at + 1]?.x ?? view.width) - mark.x - 4;
        this.mark(pen, mark, y, room, colours, state);
        this.shown.push({ ...mark, y, bottom: y + ROW_PX });
      });
    });
  }

  // Where tags lie too thick to be told apart: how many there are at each moment.
  crowd(pen, bars, top, high, { solid, soft }) {
    const most = Math.max(...bars.map(({ tags }) => tags.length));
    pen.fillStyle = soft;
    pen.fillRect(0, top + 1, this.canvas.clientWidth, high - 3);
    pen.fillStyle = solid;
    for (const { x, tags } of bars) {
      const tall = Math.max(2, (tags.length / most) * (high - 3));
      pen.fillRect(x, top + high - 2 - tall, BAR_PX - 1, tall);
    }
    this.shown.push(...bars.map((bar) => ({ ...bar, y: top, bottom: top + high })));
  }

  // What is one tag has a clear edge and its words; what is several is a solid block with their number.
  mark(pen, { x, end, tags }, y, room, { solid, soft }, { now, chosen }) {
    const one = tags.length === 1;
    const on = tags.some((tag) => now >= tag.start && now <= tag.end);
    pen.globalAlpha = one && tags[0].confidence < 0.5 ? 0.6 : 1;
    pen.fillStyle = one && !on ? soft : solid;
    pen.fillRect(x, y + 1, end - x, ROW_PX - 3);
    pen.fillStyle = solid;
    pen.fillRect(x, y + 1, Math.min(3, end - x), ROW_PX - 3);
    pen.globalAlpha = 1;
    if (tags.includes(chosen)) {
      pen.strokeStyle = this.ink("--ink");
      pen.lineWidth = 2;
      pen.strokeRect(x, y + 1, end - x, ROW_PX - 3);
      pen.lineWidth = 1;
    }
    const words = one ? tags[0].label : `${tags.length}`;
    const inside = end - x > words.length * LETTER_PX + 8;
    if (!inside && (!one || room < Math.min(words.length, 4) * LETTER_PX + 10)) return;
    const left = inside ? Math.max(x, 0) + 6 : end + 4;
    pen.fillStyle = inside && (!one || on) ? this.ink("--surface") : this.ink("--ink");
    pen.fillText(fitting(pen, words, (inside ? end : x + room) - left - 2), left, y + ROW_PX / 2);
  }

  /** The mark at a point, or the nearest within a few pixels; null when there is none. */
  at(x, y) {
    const row = this.shown.filter((mark) => y >= mark.y && y < mark.bottom);
    const far = (mark) => (x < mark.x ? mark.x - x : x > mark.end ? x - mark.end : 0);
    const near = row.reduce((best, mark) => (best && far(best) <= far(mark) ? best : mark), null);
    return near && far(near) <= SLACK_PX ? near : null;
  }
}

function fitting(pen, words, room) {
  if (pen.measureText(words).width <= room) return words;
  let kept = words;
  while (kept.length > 1 && pen.measureText(`${kept}…`).width > room) kept = kept.slice(0, -1);
  return kept.length > 1 ? `${kept}…` : "";
}
