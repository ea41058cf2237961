// <tag-lanes data-evidence data-duration data-kinds data-tags>: every tag where it is in time, on a canvas that zooms; the same tags as a
// list for the keyboard. A press goes there.
import { clock, icon, lastStarted, make, seek } from "./dom.js";
import { LaneCanvas } from "./lane-canvas.js";
import { LaneList } from "./lane-list.js";
import { layLanes, readTags } from "./lane-model.js";
import { LaneView } from "./lane-view.js";

const FOLLOW_AT = 0.9;

class TagLanes extends HTMLElement {
  connectedCallback() {
    if (this.view) return;
    this.tags = readTags(this.dataset.tags);
    this.duration = Math.max(Number(this.dataset.duration) || 0, ...this.tags.map((tag) => tag.end), 0.1);
    this.titles = JSON.parse(this.dataset.kinds || "{}");
    this.off = new Set();
    this.time = 0;
    this.build();
    this.leave = new AbortController();
    const { signal } = this.leave;
    document.addEventListener("blotter:time", ({ detail }) => this.told(detail), { signal });
    document.addEventListener("blotter:theme", () => this.draw(), { signal });
    this.watch = new ResizeObserver(() => this.draw());
    this.watch.observe(this);
    this.filter();
  }

  disconnectedCallback() {
    this.watch?.disconnect();
    this.leave?.abort();
  }

  build() {
    const plot = make("canvas", { class: "lanes-plot", role: "img", "aria-label": `Timeline of ${this.tags.length} tags. The same tags are in the list below.` });
    this.head = make("span", { class: "lanes-head", "aria-hidden": "true" });
    this.tip = make("p", { class: "lanes-tip", "aria-hidden": "true", hidden: true });
    this.glimpse = make("span", { class: "lanes-part" });
    this.whole = make("div", { class: "lanes-whole", "aria-hidden": "true", hidden: true }, this.glimpse);
    this.stage = make("div", { class: "lanes-stage" }, plot, this.head, this.tip);
    this.canvas = new LaneCanvas(plot, (kind) => this.colours(kind));
    this.view = new LaneView(this.stage, this.whole, this.duration, {
      changed: () => this.draw(),
      pressed: (x, y) => this.pressed(x, y),
      over: (x, y) => this.hint(x, y),
    });
    this.list = new LaneList((tag) => this.goTo(tag), this.titles);
    this.kinds = make("div", { class: "lanes-kinds", role: "group", "aria-label": "Kinds of tags" }, ...this.chips());
    const bar = make("div", { class: "lanes-bar" }, this.kinds, this.zooms());
    this.replaceChildren(bar, this.stage, this.whole, this.list.node);
    this.classList.add("is-placed");
  }

  chips() {
    return layLanes(this.tags).map(({ kind, tags }) => {
      const chip = make("button", { type: "button", class: `lane-chip is-${kind}`, "aria-pressed": "true" }, make("span", { class: "lane-dot" }), `${this.titles[kind] ?? kind} `, make("span", { class: "num" }, tags.length));
      chip.addEventListener("click", () => {
        if (!this.off.delete(kind)) this.off.add(kind);
        chip.setAttribute("aria-pressed", String(!this.off.has(kind)));
        this.filter();
      });
      return chip;
    });
  }

  zooms() {
    const button = (name, label, act) => {
      const node = make("button", { type: "button", class: "lanes-zoom", "aria-label": label, title: label }, icon(name));
      node.addEventListener("click", act);
      return node;
    };
    this.fit = make("button", { type: "button", class: "lanes-zoom lanes-fit", disabled: true }, "Whole");
    this.fit.addEventListener("click", () => this.view.reset());
    return make("div", { class: "lanes-zooms", role: "group", "aria-label": "Zoom" }, button("minus", "Zoom out", () => this.view.zoom(0.5, this.time)), button("plus", "Zoom in", () => this.view.zoom(2, this.time)), this.fit);
  }

  filter() {
    this.shown = this.tags.filter((tag) => !this.off.has(tag.kind));
    this.lanes = layLanes(this.shown);
    this.list.show(this.shown);
    this.draw();
  }

  colours(kind) {
    const style = getComputedStyle(this.kinds.querySelector(`.is-${CSS.escape(kind)}`));
    return { solid: style.getPropertyValue("--lane").trim(), soft: style.getPropertyValue("--lane-soft").trim() };
  }

  draw() {
    if (!this.lanes || !this.clientWidth) return;
    const { from, until, whole } = this.view;
    this.canvas.draw(this.lanes, { from, until }, { now: this.time, chosen: this.chosen });
    this.whole.hidden = whole;
    this.fit.disabled = whole;
    this.glimpse.style.left = `${(from / this.duration) * 100}%`;
    this.glimpse.style.width = `${((until - from) / this.duration) * 100}%`;
    this.placeHead();
  }

  placeHead() {
    const { from, until } = this.view;
    const part = (this.time - from) / (until - from);
    this.head.hidden = part < 0 || part > 1;
    this.head.style.left = `${part * 100}%`;
  }

  told({ evidence, time, playing }) {
    if (this.dataset.evidence && evidence !== this.dataset.evidence) return;
    const before = this.now;
    this.time = time;
    const { from, until, whole } = this.view;
    if (playing && !whole && (time > from + (until - from) * FOLLOW_AT || time < from)) this.view.moveTo(time - (until - from) * 0.1);
    this.now = this.shown.filter((tag) => time >= tag.start && time <= tag.end).map((tag) => tag.id).join();
    if (this.now !== before) this.draw();
    else this.placeHead();
  }

  /** The tag after (1) or before (-1) the one where the player stands. */
  next(direction) {
    const at = this.shown.indexOf(this.chosen);
    const here = at >= 0 && this.time >= this.chosen.start - 0.05 && this.time <= this.chosen.end + 0.05 ? at : lastStarted(this.shown, this.time);
    this.list.go(at === here ? here + direction : direction > 0 ? here + 1 : here, true);
  }

  goTo(tag) {
    this.chosen = tag;
    this.view.reveal(tag.start, tag.end);
    seek({ evidence: this.dataset.evidence, start: tag.box ? tag.best : tag.start, end: null, box: tag.box ?? null, play: false });
    this.draw();
  }

  pressed(x, y) {
    const mark = this.canvas.at(x, y);
    if (!mark) return seek({ evidence: this.dataset.evidence, start: this.view.second(x), end: null, box: null, play: false });
    if (mark.tags.length === 1 || !this.view.closer(mark.tags[0].start, Math.max(...mark.tags.map((tag) => tag.end)))) {
      return this.list.go(this.shown.indexOf(mark.tags[0]), true);
    }
    return null;
  }

  hint(x, y) {
    const mark = x === null ? null : this.canvas.at(x, y);
    this.tip.hidden = !mark;
    this.stage.classList.toggle("is-over", Boolean(mark));
    if (!mark) return;
    const [tag] = mark.tags;
    const end = Math.max(...mark.tags.map((one) => one.end));
    const span = `${clock(tag.start)}–${clock(end)}`;
    this.tip.textContent = mark.tags.length === 1 ? `${tag.label}, ${span}, ${Math.round(tag.confidence * 100)} % confident` : `${mark.tags.length} tags, ${span}: press to come closer`;
    const half = this.tip.offsetWidth / 2;
    this.tip.style.left = `${Math.max(half, Math.min(this.stage.clientWidth - half, x))}px`;
    this.tip.style.top = `${mark.bottom}px`;
  }
}

customElements.define("tag-lanes", TagLanes);
