// Tags as a list that the keyboard walks through: only the rows in sight are made, however many there are.
import { clock, make } from "./dom.js";

const ROW_PX = 40;
const BEYOND = 6;

export class LaneList {
  constructor(choose, titles = {}) {
    this.choose = choose;
    this.titles = titles;
    this.tags = [];
    this.current = 0;
    this.all = make("div", { class: "lane-rows" });
    this.node = make("div", { class: "lane-list", role: "listbox", tabindex: "0", "aria-label": "Tags by time" }, this.all);
    this.node.addEventListener("scroll", () => this.draw());
    this.node.addEventListener("keydown", (event) => this.pressed(event));
    this.node.addEventListener("focus", () => this.draw());
    this.all.addEventListener("click", (event) => {
      const row = event.target.closest("[data-at]");
      if (row) this.go(Number(row.dataset.at), true);
    });
  }

  show(tags) {
    const before = this.tags[this.current];
    this.tags = tags;
    this.current = Math.max(0, tags.indexOf(before));
    this.all.style.height = `${tags.length * ROW_PX}px`;
    this.draw();
  }

  /** Makes a tag the current one; `act` says that a person chose it. */
  go(at, act) {
    this.current = Math.max(0, Math.min(this.tags.length - 1, at));
    const top = this.current * ROW_PX;
    const { scrollTop, clientHeight } = this.node;
    if (top < scrollTop) this.node.scrollTop = top;
    else if (top + ROW_PX > scrollTop + clientHeight) this.node.scrollTop = top + ROW_PX - clientHeight;
    this.draw();
    if (act && this.tags.length) this.choose(this.tags[this.current]);
  }

  pressed(event) {
    const page = Math.max(1, Math.floor(this.node.clientHeight / ROW_PX));
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -this.tags.length, End: this.tags.length };
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in steps) this.go(this.current + steps[event.key], false);
    else if (event.key === "Enter" || event.key === " ") this.go(this.current, true);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  draw() {
    const first = Math.max(0, Math.floor(this.node.scrollTop / ROW_PX) - BEYOND);
    const last = Math.min(this.tags.length, Math.ceil((this.node.scrollTop + this.node.clientHeight) / ROW_PX) + BEYOND);
    const rows = [];
    for (let at = first; at < last; at += 1) rows.push(this.row(at));
    if (this.tags.length && (this.current < first || this.current >= last)) rows.push(this.row(this.current));
    this.all.replaceChildren(...rows);
    if (this.tags.length) this.node.setAttribute("aria-activedescendant", this.rowId(this.current));
    else this.node.removeAttribute("aria-activedescendant");
  }

  rowId(at) {
    return `lane-tag-${this.tags[at].id}`;
  }

  row(at) {
    const tag = this.tags[at];
    const sure = `${Math.round(tag.confidence * 100)} %`;
    const node = make(
      "div",
      { class: `lane-row is-${tag.kind}`, role: "option", id: this.rowId(at), "data-at": at, "aria-selected": String(at === this.current), "aria-setsize": this.tags.length, "aria-posinset": at + 1 },
      make("span", { class: "lane-when num" }, `${clock(tag.start)}–${clock(tag.end)}`),
      make("span", { class: "lane-what" }, tag.label),
      make("span", { class: "lane-kind" }, this.titles[tag.kind] ?? tag.kind),
      make("span", { class: "lane-sure num" }, sure, make("span", { class: "visually-hidden" }, " confident")),
    );
    node.style.top = `${at * ROW_PX}px`;
    return node;
  }
}
