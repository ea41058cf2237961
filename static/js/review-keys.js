// <review-keys data-on="queue | report | mentions | tags | moments | library">: walks a list of reports, or a report's sentences, by single keys. They do nothing
// while somebody types, and can be turned off for good (WCAG 2.1.4).
import { make, say } from "./dom.js";
import { LIBRARY_KEYS, libraryActs } from "./library-keys.js";
import { MENTION_KEYS, mentionActs } from "./mention-keys.js";
import { TAG_KEYS, tagActs } from "./tag-keys.js";
import { _ } from "./words.js";

const OFF = "blotter:keys-off";
const WORDS = {
  mentions: MENTION_KEYS,
  tags: TAG_KEYS,
  library: LIBRARY_KEYS,
  moments: [["j", "next moment"], ["k", "moment before"], ["Enter", "open it at its second"], ["/", "to the search"], ["?", "these keys"]],
  queue: [["j", "next report"], ["k", "report before"], ["Enter", "open it"], ["a", "open it at the decision"], ["r", "open it at the notes for its author"], ["/", "search"], ["?", "these keys"]],
  report: [["j", _("next sentence")], ["k", _("sentence before")], ["p", _("play what it rests on")], ["c", _("comment on it")], ["a", _("go to Approve")], ["r", _("go to the notes for the author")], ["u", _("back to the list")], ["?", _("these keys")]],
};

class ReviewKeys extends HTMLElement {
  connectedCallback() {
    this.on = this.dataset.on;
    this.build();
    this.leaving = new AbortController();
    document.addEventListener("keydown", (event) => this.pressed(event), { signal: this.leaving.signal });
    if (this.on === "report") this.arrive();
    if (this.on === "mentions") this.mentions_arrive();
    if (this.on === "tags") this.tags_arrive();
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  get off() {
    return localStorage.getItem(OFF) === "yes";
  }

  build() {
    const box = make("input", { type: "checkbox", checked: !this.off });
    box.addEventListener("change", () => {
      if (box.checked) localStorage.removeItem(OFF);
      else localStorage.setItem(OFF, "yes");
    });
    const rows = WORDS[this.on].map(([key, words]) => make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, words)));
    const close = make("button", { type: "button", class: "button quiet", "data-close": true }, _("Close"));
    this.dialog = make(
      "dialog",
      { class: "dialog", "aria-label": _("Keys") },
      make("div", { class: "dialog-body stack" }, make("h2", {}, _("Keys")), make("dl", { class: "keys" }, ...rows), make("label", { class: "choice" }, box, make("span", {}, _("Single keys work on this browser"))), make("div", { class: "form-actions" }, close)),
    );
    const opener = make("button", { type: "button", class: "button quiet small" }, make("kbd", { "aria-hidden": "true" }, "?"), ` ${_("Keys")}`);
    opener.addEventListener("click", () => this.dialog.showModal());
    this.append(opener, this.dialog);
  }

  typing(target) {
    return target.closest?.("input, textarea, select, [contenteditable], evidence-player, .transcript, dialog[open]") !== null;
  }

  pressed(event) {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || this.dialog.open) return;
    if (event.key !== "?" && this.off) return;
    if (this.typing(event.target)) return;
    const act = this[`${this.on}_${event.key === "?" ? "help" : event.key === "/" ? "search" : event.key}`];
    if (!act || (this.off && event.key !== "?")) return;
    event.preventDefault();
    act.call(this);
  }

  queue_help() { this.dialog.showModal(); }
  report_help() { this.dialog.showModal(); }
  moments_help() { this.dialog.showModal(); }
  moments_search() { document.querySelector("input[name=q]")?.select(); }
  moments_j() { this.walkRows(1); }
  moments_k() { this.walkRows(-1); }
  queue_search() { document.querySelector("input[name=text]")?.focus(); }
  queue_j() { this.walkRows(1); }
  queue_k() { this.walkRows(-1); }
  queue_a() { this.openRow("#approve"); }
  queue_r() { this.openRow("#return"); }
  report_j() { this.walk(1); }
  report_k() { this.walk(-1); }
  report_p() { this.here()?.querySelector("source-link a")?.click(); }
  report_a() { this.reach("[data-approve]"); }
  report_r() { this.reach("[data-notes]"); }
  report_u() { document.querySelector(".crumbs a")?.click(); }

  report_c() {
    const say = this.here()?.querySelector(".thread > .say");
    if (!say) return;
    say.open = true;
    say.querySelector("textarea").focus();
  }

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

  sentences() {
    return [...document.querySelectorAll(".sentence[data-sentence]")];
  }

  here() {
    return document.activeElement?.closest?.(".sentence[data-sentence]") ?? this.last;
  }

  walk(step) {
    const all = this.sentences();
    const at = all.indexOf(this.here());
    const next = all[at + step] ?? (at < 0 ? all[0] : all[at]);
    if (!next) return;
    next.tabIndex = -1;
    next.focus();
    next.scrollIntoView({ block: "nearest" });
    this.last = next;
  }

  /** #approve and #return, as the list opens a report. */
  arrive() {
    const wanted = { "#approve": "[data-approve]", "#return": "[data-notes]" }[location.hash];
    if (wanted) requestAnimationFrame(() => this.reach(wanted));
  }

  reach(selector) {
    const place = document.querySelector(selector);
    if (!place) return say(_("There is nothing for you to decide here."));
    const pane = place.closest("details.pane");
    if (pane) pane.open = true;
    place.focus();
    place.scrollIntoView({ block: "center" });
  }
}

Object.assign(ReviewKeys.prototype, mentionActs, tagActs, libraryActs);

customElements.define("review-keys", ReviewKeys);
