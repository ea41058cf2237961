// The keys of the findings' review: j and k walk, c confirms, r rejects, e corrects, l links, p plays, x chooses, u undoes.
import { say } from "./dom.js";

export const MENTION_KEYS = [
  ["j", "next finding"], ["k", "finding before"], ["p", "play its second"], ["c", "confirm"], ["r", "reject"], ["e", "correct"], ["o", "open again"],
  ["x", "choose for confirming many"], ["l", "link to the index"], ["g", "all of the group are one"], ["s", "not the same as its group"],
  ["m", "belongs to another"], ["u", "undo my last decision"], ["?", "these keys"],
];

const rows = () => [...document.querySelectorAll("[data-mention]")];

export const mentionActs = {
  mentions_help() { this.dialog.showModal(); },
  mentions_j() { this.mentions_walk(1); },
  mentions_k() { this.mentions_walk(-1); },
  mentions_p() { this.mentions_here()?.querySelector("source-link a")?.click(); },
  mentions_c() { this.mentions_press("c"); },
  mentions_r() { this.mentions_press("r"); },
  mentions_o() { this.mentions_press("o"); },
  mentions_s() { this.mentions_press("s"); },
  mentions_m() { this.mentions_press("m"); },
  mentions_l() { this.mentions_group("l"); },
  mentions_g() { this.mentions_group("g"); },

  mentions_u() {
    const button = document.querySelector("[data-undo]:not([hidden])");
    if (button) button.click();
    else say("There is nothing of yours to undo here.");
  },

  mentions_x() { this.mentions_here()?.querySelector(".mention-choose input")?.click(); },

  mentions_e() {
    const edit = this.mentions_here()?.querySelector(".mention-edit");
    if (!edit) return;
    edit.open = true;
    const box = edit.querySelector("input[name=value]");
    box.focus();
    box.select();
  },

  mentions_here() {
    const held = document.activeElement?.closest?.("[data-mention]");
    return held ?? document.getElementById(this.lastId ?? "");
  },

  mentions_focus(row) {
    if (!row) return;
    this.lastId = row.id;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  },

  mentions_walk(step) {
    const all = rows();
    const at = all.indexOf(this.mentions_here());
    this.mentions_focus(all[at + step] ?? all[at] ?? all[0]);
  },

  mentions_press(key) {
    const row = this.mentions_here();
    const button = row?.querySelector(`[data-key="${key}"]`);
    if (!row) return say("Choose a finding first: j and k walk through them.");
    if (!button) return say("Not for this finding as it is.");
    button.click();
  },

  mentions_group(key) {
    const button = this.mentions_here()?.closest(".pile")?.querySelector(`[data-pile-key="${key}"]`);
    if (button) button.click();
    else say(key === "l" ? "This has no place in the index, or is linked." : "There is nothing to confirm about this group.");
  },

  /** The finding of the address gets the focus; after a decision by htmx, the new row, and the count goes down. */
  mentions_arrive() {
    const wanted = location.hash.startsWith("#m-") ? document.getElementById(location.hash.slice(1)) : null;
    if (wanted) requestAnimationFrame(() => this.mentions_focus(wanted));
    document.addEventListener("htmx:beforeSwap", ({ detail }) => {
      if (!detail.target?.dataset?.mention) return;
      this.before = detail.target.dataset.decision;
      this.lastId = detail.target.id;
    }, { signal: this.leaving.signal });
    document.addEventListener("htmx:afterSettle", () => this.mentions_settled(), { signal: this.leaving.signal });
  },

  mentions_settled() {
    const row = document.getElementById(this.lastId ?? "");
    if (!row || !this.before) return;
    const count = document.querySelector("[data-undecided]");
    const change = Number(row.dataset.decision === "proposed") - Number(this.before === "proposed");
    if (count) count.textContent = Number(count.textContent) + change;
    this.before = null;
    const undo = document.querySelector("[data-undo]");
    if (undo) undo.hidden = false;
    if (document.activeElement?.matches("body")) row.focus();
  },
};
