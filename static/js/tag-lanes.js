// <tag-lanes data-evidence data-duration>: puts every mark where it is in time; a press goes there.
import { make, seek } from "./dom.js";

const ROW_PX = 28;
const SMALLEST_PX = 24;
const LETTER_PX = 7.5;
const WIDEST_WORDS_PX = 130;
const MOST_ROWS = 4;

class TagLanes extends HTMLElement {
  connectedCallback() {
    this.duration = Number(this.dataset.duration) || Math.max(...this.marks().map((mark) => Number(mark.dataset.end)), 1);
    this.head = make("span", { class: "lanes-head", "aria-hidden": "true" });
    this.classList.add("is-placed");
    this.watch = new ResizeObserver(() => this.place());
    this.watch.observe(this);
    this.addEventListener("click", (event) => this.pressed(event.target.closest(".lane-mark")));
    this.onTime = ({ detail }) => {
      if (!this.dataset.evidence || detail.evidence === this.dataset.evidence) this.show(detail.time);
    };
    document.addEventListener("blotter:time", this.onTime);
    this.append(this.head);
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    document.removeEventListener("blotter:time", this.onTime);
  }

  marks() {
    return [...this.querySelectorAll(".lane-mark")];
  }

  place() {
    for (const lane of this.querySelectorAll(".lane-marks")) this.placeLane(lane);
    this.show(this.time ?? 0);
  }

  // A mark is as wide as its time or its words, whichever is more; the tint inside it shows the time alone.
  placeLane(lane) {
    const room = lane.clientWidth;
    const ends = [];
    for (const mark of lane.querySelectorAll(".lane-mark")) {
      const start = (Number(mark.dataset.start) / this.duration) * room;
      const extent = Math.max(3, (Number(mark.dataset.end) / this.duration) * room - start - 1);
      const width = Math.min(room, Math.max(SMALLEST_PX, extent, this.words(mark)));
      const left = Math.max(0, Math.min(start, room - width));
      let row = ends.findIndex((end) => end <= left + 0.5);
      if (row < 0) row = Math.min(ends.length, MOST_ROWS - 1);
      ends[row] = left + width;
      this.put(mark, { left, width, row, from: start - left, extent });
    }
    lane.style.height = `${Math.max(1, ends.length) * ROW_PX}px`;
  }

  words(mark) {
    const letters = mark.querySelector(".lane-label").textContent.length;
    return Math.min(WIDEST_WORDS_PX, letters * LETTER_PX + 14);
  }

  put(mark, { left, width, row, from, extent }) {
    mark.style.left = `${left}px`;
    mark.style.width = `${width}px`;
    mark.style.top = `${row * ROW_PX + 2}px`;
    mark.style.setProperty("--from", `${from}px`);
    mark.style.setProperty("--extent", `${extent}px`);
  }

  pressed(mark) {
    if (!mark) return;
    const box = mark.dataset.box?.split(",").map(Number);
    const start = Number((box && mark.dataset.best) || mark.dataset.start);
    seek({ evidence: this.dataset.evidence, start, end: null, box: box ?? null, play: false });
  }

  show(time) {
    this.time = time;
    const lane = this.querySelector(".lane-marks");
    if (!lane) return;
    this.head.style.left = `${lane.offsetLeft + (Math.min(time, this.duration) / this.duration) * lane.clientWidth}px`;
    for (const mark of this.marks()) {
      mark.classList.toggle("is-now", time >= Number(mark.dataset.start) && time <= Number(mark.dataset.end));
    }
  }
}

customElements.define("tag-lanes", TagLanes);
