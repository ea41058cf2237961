// The keys of a report: j and k walk through its sentences, p plays, c comments, e edits, d says it was checked, y copies a link; then decide, and n.
import { say } from "./dom.js";
import { copyLink } from "./sentence-link.js";
import { _, N_ } from "./words.js";

export const REPORT_KEYS = [
  ["j", N_("next sentence")], ["k", N_("sentence before")], ["p", N_("play what it rests on")], ["c", N_("comment on it")], ["e", N_("edit it")], ["d", N_("say that you checked it")],
  ["y", N_("copy a link to it")], ["f", N_("go to what the checks found")], ["a", N_("go to Approve, or to signing")], ["r", N_("go to the notes for the author")],
  ["n", N_("next report that waits for you")], ["u", N_("back to the list")], ["?", N_("these keys")],
];

const NEEDS = {
  c: ".thread > .say", e: ".sentence-edit", d: 'form[action$="/acknowledge"] button', f: "#findings", a: "[data-approve], [data-sign]", r: "[data-notes]",
  n: "[data-next-report]", p: ".sentence source-link", y: "a[data-copy-link]",
};

/** Whether the page has what a key is for: an author and a supervisor are not shown each other's keys. */
export function useful(key) {
  return !NEEDS[key] || document.querySelector(NEEDS[key]) !== null;
}

export const reportActs = {
  report_help() { this.dialog.showModal(); },
  report_j() { this.report_walk(1); },
  report_k() { this.report_walk(-1); },
  report_p() { this.report_press("source-link a", _("It rests on no recording.")); },
  report_d() { this.report_press('form[action$="/acknowledge"] button', _("There is nothing to check off here.")); },
  report_f() { this.report_reach("#findings .finding button, #findings .finding a, #findings"); },
  report_a() { this.report_reach("[data-approve], [data-sign]"); },
  report_r() { this.report_reach("[data-notes]"); },
  report_u() { document.querySelector(".crumbs a")?.click(); },

  report_n() {
    const next = document.querySelector("[data-next-report]");
    if (next) next.click();
    else say(_("No other report waits for you."));
  },

  report_y() {
    const link = this.report_here()?.querySelector("a[data-copy-link]");
    if (link) copyLink(link);
    else say(_("Choose a sentence first: j and k walk through them."));
  },

  report_c() { this.report_unfold(".thread > .say", _("There is nothing to say here.")); },
  report_e() { this.report_unfold(".sentence-edit", _("This is not yours to change as it stands.")); },

  report_unfold(selector, otherwise) {
    const fold = this.report_here()?.querySelector(selector);
    if (!fold) return say(this.report_here() ? otherwise : _("Choose a sentence first: j and k walk through them."));
    fold.open = true;
    fold.querySelector("textarea").focus();
  },

  report_press(selector, otherwise) {
    const here = this.report_here();
    const wanted = here?.querySelector(selector);
    if (wanted) wanted.click();
    else say(here ? otherwise : _("Choose a sentence first: j and k walk through them."));
  },

  report_here() {
    const last = this.last?.isConnected ? this.last : document.getElementById(this.last?.id ?? "");
    return document.activeElement?.closest?.(".sentence[data-sentence]") ?? last;
  },

  report_walk(step) {
    const all = [...document.querySelectorAll(".sentence[data-sentence]")];
    const at = all.indexOf(this.report_here());
    this.report_focus(all[at + step] ?? (at < 0 ? all[0] : all[at]), "nearest");
  },

  report_focus(sentence, block) {
    if (!sentence) return;
    sentence.tabIndex = -1;
    sentence.focus({ preventScroll: true });
    sentence.scrollIntoView({ block });
    this.last = sentence;
  },

  /** #approve and #return, as the list opens a report; #s-… as somebody sent a sentence: it is in sight, marked and has the focus. */
  report_arrive() {
    const go = () => {
      if (location.hash.startsWith("#s-")) return this.report_focus(document.getElementById(location.hash.slice(1)), "center");
      const wanted = { "#approve": "[data-approve]", "#return": "[data-notes]" }[location.hash];
      if (wanted) this.report_reach(wanted);
    };
    requestAnimationFrame(go);
    window.addEventListener("hashchange", go, { signal: this.leaving.signal });
  },

  report_reach(selector) {
    const place = document.querySelector(selector);
    if (!place) return say(_("There is nothing for you to decide here."));
    const pane = place.closest("details.pane");
    if (pane) pane.open = true;
    if (!place.matches("a, button, input, textarea")) place.tabIndex = -1;
    place.focus();
    place.scrollIntoView({ block: "center" });
  },
};
