// The keys of the tags' review: j and k walk, c confirms, r rejects, x chooses, C and R decide the chosen, p plays, u undoes.
import { say } from "./dom.js";
import { rowActs } from "./row-keys.js";

export const TAG_KEYS = [
  ["j", "next tag"], ["k", "tag before"], ["p", "play its second"], ["c", "confirm"], ["r", "reject"], ["o", "open again"],
  ["x", "choose"], ["a", "choose all here"], ["C", "confirm those chosen"], ["R", "reject those chosen"],
  ["n", "add what was missed"], ["u", "undo my last decision"], ["?", "these keys"],
];

const boxes = () => [...document.querySelectorAll("[data-tag] .mention-choose input")];
const shared = rowActs({ prefix: "tags", name: "tag", noun: "tag", hash: "tag" });

export const tagActs = {
  ...shared,
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

  tags_many(key) {
    if (boxes().some((box) => box.checked)) document.querySelector(`[data-many="${key}"]`)?.click();
    else say("Choose tags first: x for one, a for all here.");
  },

  tags_arrive() {
    shared.tags_arrive.call(this);
    const { signal } = this.leaving;
    document.querySelector("[data-choose-all]")?.addEventListener("click", () => this.tags_a(), { signal });
  },
};
