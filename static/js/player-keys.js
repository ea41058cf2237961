// The player's single keys, and the list of them that "?" opens.
import { make } from "./dom.js";

export const JUMP_S = 3;
export const KEYS = {
  " ": (player) => player.toggle(),
  k: (player) => player.toggle(),
  ArrowLeft: (player) => player.jump(-JUMP_S),
  j: (player) => player.jump(-JUMP_S),
  ArrowRight: (player) => player.jump(JUMP_S),
  l: (player) => player.jump(JUMP_S),
  ",": (player) => player.frame(-1),
  ".": (player) => player.frame(1),
  "<": (player) => player.faster(-1),
  ">": (player) => player.faster(1),
  m: (player) => player.mute(),
  f: (player) => player.wide(),
  b: (player) => player.boxes(),
  c: (player) => player.link(),
  i: (player) => player.mark("from"),
  o: (player) => player.mark("until"),
  n: (player) => player.tag(1),
  p: (player) => player.tag(-1),
  "?": (player) => player.help(),
  Home: (player) => player.goTo(0),
  End: (player) => player.goTo(player.duration),
};

const WORDS = [
  [["k", "Space"], "play or pause"],
  [["j", "←"], "3 seconds back"],
  [["l", "→"], "3 seconds on"],
  [[","], "one picture back"],
  [["."], "one picture on"],
  [["<"], "slower"],
  [[">"], "faster"],
  [["m"], "sound on or off"],
  [["f"], "whole screen"],
  [["Home"], "to the start"],
  [["End"], "to the end"],
  [["n"], "next tag"],
  [["p"], "tag before"],
  [["b"], "boxes on the picture"],
  [["c"], "copy a link to this second"],
  [["i"], "a clip starts here"],
  [["o"], "a clip ends here"],
  [["?"], "these keys"],
];

/** The dialog with the keys that do something in `player`. */
export function keysDialog(player) {
  const words = WORDS.filter(([keys]) => player.knows(keys[0]));
  const rows = words.map(([keys, meaning]) =>
    make("div", {}, make("dt", {}, ...keys.flatMap((key, at) => (at ? [" ", make("kbd", {}, key)] : [make("kbd", {}, key)]))), make("dd", {}, meaning)),
  );
  const close = make("button", { type: "button", class: "button quiet", "data-close": true }, "Close");
  return make(
    "dialog",
    { class: "dialog player-keys", "aria-label": "Keys of the player" },
    make("div", { class: "dialog-body stack" }, make("h2", {}, "Keys of the player"), make("p", { class: "small quiet" }, "They work while the player, its transcript or its timeline holds the focus."), make("dl", { class: "keys" }, ...rows), make("div", { class: "form-actions" }, close)),
  );
}
