// What the reviews of findings and of tags share: walking through rows, pressing a row's buttons, and the count after a decision.
import { say } from "./dom.js";

/** The acts of one list, each under `prefix_`; rows carry `data-<name>`, and an address names one as `#<hash>-…`. */
export function rowActs({ prefix, name, noun, hash }) {
  const selector = `[data-${name}]`;
  const rows = () => [...document.querySelectorAll(selector)];
  const acts = {
    help() { this.dialog.showModal(); },
    j() { acts.walk.call(this, 1); },
    k() { acts.walk.call(this, -1); },
    p() { acts.here.call(this)?.querySelector("source-link a")?.click(); },
    c() { acts.press.call(this, "c"); },
    r() { acts.press.call(this, "r"); },
    o() { acts.press.call(this, "o"); },
    x() { acts.here.call(this)?.querySelector(".mention-choose input")?.click(); },

    u() {
      const button = document.querySelector("[data-undo]:not([hidden])");
      if (button) button.click();
      else say("There is nothing of yours to undo here.");
    },

    here() {
      return document.activeElement?.closest?.(selector) ?? document.getElementById(this.lastId ?? "");
    },

    focus(row) {
      if (!row) return;
      this.lastId = row.id;
      row.focus();
      row.scrollIntoView({ block: "nearest" });
    },

    walk(step) {
      const all = rows();
      const at = all.indexOf(acts.here.call(this));
      acts.focus.call(this, all[at + step] ?? all[at] ?? all[0]);
    },

    press(key) {
      const row = acts.here.call(this);
      const button = row?.querySelector(`[data-key="${key}"]`);
      if (!row) return say(`Choose a ${noun} first: j and k walk through them.`);
      if (!button) return say(`Not for this ${noun} as it is.`);
      button.click();
    },

    /** The row of the address gets the focus; after a decision by htmx, the new row, and the count goes down. */
    arrive() {
      const { signal } = this.leaving;
      const wanted = location.hash.startsWith(`#${hash}-`) ? document.getElementById(location.hash.slice(1)) : null;
      if (wanted) requestAnimationFrame(() => acts.focus.call(this, wanted));
      document.addEventListener("htmx:beforeSwap", ({ detail }) => {
        if (!detail.target?.matches?.(selector)) return;
        this.before = detail.target.dataset.decision;
        this.lastId = detail.target.id;
      }, { signal });
      document.addEventListener("htmx:afterSettle", () => acts.settled.call(this), { signal });
    },

    settled() {
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
  return Object.fromEntries(Object.entries(acts).map(([key, act]) => [`${prefix}_${key}`, act]));
}
