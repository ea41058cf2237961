// The keys of the library: j and k walk, Enter opens, x chooses, X chooses from the last chosen to here, a all, u undoes.
import { say } from "./dom.js";

export const LIBRARY_KEYS = [
  ["j", "next item"], ["k", "item before"], ["Enter", "open it"], ["x", "choose it"], ["X", "choose all from the last chosen to it"],
  ["a", "choose all here, or none"], ["m", "to what can be done with the chosen"], ["u", "undo my last act on many"],
  ["/", "to the search"], ["?", "these keys"],
];

const boxes = () => [...document.querySelectorAll("[data-pick]")];

export const libraryActs = {
  library_help() { this.dialog.showModal(); },
  library_search() { document.querySelector("#q")?.select(); },
  library_j() { this.walkRows(1); },
  library_k() { this.walkRows(-1); },
  library_x() { this.library_box()?.click(); },
  library_X() { this.library_box()?.dispatchEvent(new MouseEvent("click", { bubbles: true, cancelable: true, shiftKey: true })); },
  library_a() {
    const all = boxes();
    const wanted = !all.every((box) => box.checked);
    for (const box of all) box.checked = wanted;
    document.dispatchEvent(new CustomEvent("blotter:picked"));
    say(wanted ? `${all.length} chosen.` : "None chosen.");
  },
  library_m() {
    const fold = document.querySelector("[data-many]");
    if (fold) fold.open = true;
    if (boxes().some((box) => box.checked)) document.querySelector("#many select, #many input:not([type=hidden])")?.focus();
    else say("Choose items first: x for one, a for all here.");
  },
  library_u() {
    const button = document.querySelector(".library-undo button");
    if (button) button.click();
    else say("There is nothing of yours to undo here.");
  },
  library_box() {
    const row = document.activeElement?.closest?.("[data-row]");
    if (!row) say("Go to an item first: j and k walk through them.");
    return row?.querySelector("[data-pick]");
  },
};
