// The keys of the tags' review: j and k walk, c confirms, r rejects, x chooses, C and R decide the chosen, p plays, u undoes.
import { say } from "./dom.js";

export const TAG_KEYS = [
  ["j", "next tag"], ["k", "tag before"], ["p", "play its second"], ["c", "confirm"], ["r", "reject"], ["o", "open again"],
  ["x", "choose"], ["a", "choose all here"], ["C", "confirm those chosen"], ["R", "reject those chosen"],
  ["n", "add what was missed"], ["u", "undo my last decision"], ["?", "these keys"],
];

const rows = () => [...document.querySelectorAll("[data-tag]")];
const boxes = () => [...document.querySelectorAll("[data-tag] .mention-choose input")];

export const tagActs = {
  tags_help() { this.dialog.showModal(); },
  tags_j() { this.tags_walk(1); },
  tags_k() { this.tags_walk(-1); },
  tags_p() { this.tags_here()?.querySelector("source-link a")?.click(); },
  tags_c() { this.tags_press("c"); },
  tags_r() { this.tags_press("r"); },
  tags_o() { this.tags_press("o"); },
  tags_x() { this.tags_here()?.querySelector(".mention-choose input")?.click(); },
  tags_C() { this.tags_many("C"); },
  tags_R() { this.tags_many("R"); },
  tags_n() { document.querySelector(".page-actions a")?.click(); },

  /** All of the page, or none when all are chosen. */
  tags_a() {
    const all = boxes();
    const wanted = !all.every((box) => box.checked);
    for (const box of all) box.checked = wanted;
    say(wanted ? `${all.length} chosen.` : "None chosen.");
  },

  tags_u() {
    const button = document.querySelector("[data-undo]:not([hidden])");
    if (button) button.click();
    else say("There is nothing of yours to undo here.");
  },

  tags_many(key) {
    if (boxes().some((box) => box.checked)) document.querySelector(`[data-many="${key}"]`)?.click();
    else say("Choose tags first: x for one, a for all here.");
  },

  tags_here() {
    const held = document.activeElement?.closest?.("[data-tag]");
    return held ?? document.getElementById(this.lastId ?? "");
  },

  tags_focus(row) {
    if (!row) return;
    this.lastId = row.id;
    row.focus();
    row.scrollIntoView({ block: "nearest" });
  },

  tags_walk(step) {
    const all = rows();
    const at = all.indexOf(this.tags_here());
    this.tags_focus(all[at + step] ?? all[at] ?? all[0]);
  },

  tags_press(key) {
    const row = this.tags_here();
    const button = row?.querySelector(`[data-key="${key}"]`);
    if (!row) return say("Choose a tag first: j and k walk through them.");
    if (!button) return say("Not for this tag as it is.");
    button.click();
  },

  /** The tag of the address gets the focus; after a decision by htmx, the new row, and the count goes down. */
  tags_arrive() {
    const { signal } = this.leaving;
    const wanted = location.hash.startsWith("#tag-") ? document.getElementById(location.hash.slice(1)) : null;
    if (wanted) requestAnimationFrame(() => this.tags_focus(wanted));
    document.querySelector("[data-choose-all]")?.addEventListener("click", () => this.tags_a(), { signal });
    document.addEventListener("htmx:beforeSwap", ({ detail }) => {
      if (!detail.target?.dataset?.tag) return;
      this.before = detail.target.dataset.decision;
      this.lastId = detail.target.id;
    }, { signal });
    document.addEventListener("htmx:afterSettle", () => this.tags_settled(), { signal });
  },

  tags_settled() {
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
