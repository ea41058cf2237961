// <review-keys data-on="queue | report | mentions | tags | moments | library">: walks a list of reports, or a report's sentences, by single keys. They do nothing
// while somebody types, and can be turned off for good (WCAG 2.1.4).
import { make, say } from "./dom.js";
import { LIBRARY_KEYS, libraryActs } from "./library-keys.js";
import { MENTION_KEYS, mentionActs } from "./mention-keys.js";
import { combined, keySheet, keysOff, typing } from "./page-keys.js";
import { REPORT_KEYS, reportActs, useful } from "./report-keys.js";
import { TAG_KEYS, tagActs } from "./tag-keys.js";
import { _ } from "./words.js";

const WALKING = ["j", "k", "Enter", "?", "x", "X"];
const WORDS = {
  mentions: MENTION_KEYS,
  tags: TAG_KEYS,
  library: LIBRARY_KEYS,
  moments: [["j", "next moment"], ["k", "moment before"], ["Enter", "open it at its second"], ["/", "to the search"], ["?", "these keys"]],
  queue: [["j", "next report"], ["k", "report before"], ["Enter", "open it"], ["a", "open it at the decision"], ["r", "open it at the notes for its author"], ["/", "search"], ["?", "these keys"]],
  report: REPORT_KEYS,
};

class ReviewKeys extends HTMLElement {
  connectedCallback() {
    this.on = this.dataset.on;
    this.build();
    this.leaving = new AbortController();
    document.addEventListener("keydown", (event) => this.pressed(event), { signal: this.leaving.signal });
    if (this.on === "report") this.report_arrive();
    if (this.on === "mentions") this.mentions_arrive();
    if (this.on === "tags") this.tags_arrive();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  build() {
    this.dialog = keySheet(this.words());
    const opener = make("button", { type: "button", class: "button quiet small" }, make("kbd", { "aria-hidden": "true" }, "?"), ` ${_("Keys")}`);
    opener.addEventListener("click", () => this.dialog.showModal());
    this.append(opener, this.dialog);
  }

  pressed(event) {
    if (combined(event) || this.dialog.open || keysOff() || typing(event.target)) return;
    const act = this.act(event.key);
    if (!act) return;
    event.preventDefault();
    act.call(this);
  }

  act(key) {
    return this[`${this.on}_${{ "?": "help", "/": "search" }[key] ?? key}`];
  }

  words() {
    return WORDS[this.on].filter(([key]) => this.on !== "report" || useful(key));
  }

  /** What the keys do, for the command palette; walking is done by the keys themselves. */
  acts() {
    return this.words()
      .filter(([key]) => !WALKING.includes(key) && this.act(key))
      .map(([key, words]) => [key, _(words)])
      .map(([key, words]) => ({ kind: "act", key, words: words[0].toUpperCase() + words.slice(1), run: () => this.act(key).call(this) }));
  }

  queue_help() { this.dialog.showModal(); }
  moments_help() { this.dialog.showModal(); }
  moments_search() { document.querySelector("input[name=q]")?.select(); }
  moments_j() { this.walkRows(1); }
  moments_k() { this.walkRows(-1); }
  queue_search() { document.querySelector("input[name=text]")?.focus(); }
  queue_j() { this.walkRows(1); }
  queue_k() { this.walkRows(-1); }
  queue_a() { this.openRow("#approve"); }
  queue_r() { this.openRow("#return"); }

  links() {
    return [...document.querySelectorAll("[data-row] .row-link")];
  }

  walkRows(step) {
    const all = this.links();
    const at = all.indexOf(document.activeElement);
    (all[at + step] ?? all[at] ?? all[step > 0 ? 0 : all.length - 1])?.focus();
  }

  openRow(hash) {
    const link = this.links().find((one) => one === document.activeElement);
    if (link) location.assign(link.href + hash);
    else say("Choose a report first: j and k walk through the list.");
  }
}

Object.assign(ReviewKeys.prototype, reportActs, mentionActs, tagActs, libraryActs);

customElements.define("review-keys", ReviewKeys);
