// The keys of the findings' review: j and k walk, c confirms, r rejects, e corrects, l links, p plays, x chooses, u undoes.
import { say } from "./dom.js";
import { rowActs } from "./row-keys.js";

export const MENTION_KEYS = [
  ["j", "next finding"], ["k", "finding before"], ["p", "play its second"], ["c", "confirm"], ["r", "reject"], ["e", "correct"], ["o", "open again"],
  ["x", "choose for confirming many"], ["l", "link to the index"], ["g", "all of the group are one"], ["s", "not the same as its group"],
  ["m", "belongs to another"], ["u", "undo my last decision"], ["?", "these keys"],
];

export const mentionActs = {
  ...rowActs({ prefix: "mentions", name: "mention", noun: "finding", hash: "m" }),
  mentions_s() { this.mentions_press("s"); },
  mentions_m() { this.mentions_press("m"); },
  mentions_l() { this.mentions_group("l"); },
  mentions_g() { this.mentions_group("g"); },

  mentions_e() {
    const edit = this.mentions_here()?.querySelector(".mention-edit");
    if (!edit) return;
    edit.open = true;
    const box = edit.querySelector("input[name=value]");
    box.focus();
    box.select();
  },

  mentions_group(key) {
    const button = this.mentions_here()?.closest(".pile")?.querySelector(`[data-pile-key="${key}"]`);
    if (button) button.click();
    else say(key === "l" ? "This has no place in the index, or is linked." : "There is nothing to confirm about this group.");
  },
};
