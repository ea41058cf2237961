// The player's single keys, and the list of them that "?" opens.
import { make } from "./dom.js";
import { _ } from "./words.js";

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
  [["k", "Space"], _("play or pause")],
  [["j", "←"], _("3 seconds back")],
  [["l", "→"], _("3 seconds on")],
  [[","], _("one picture back")],
  [["."], _("one picture on")],
  [["<"], _("slower")],
  [[">"], _("faster")],
  [["m"], _("sound on or off")],
  [["f"], _("whole screen")],
  [["Home"], _("to the start")],
  [["End"], _("to the end")],
  [["n"], _("next tag")],
  [["p"], _("tag before")],
  [["b"], _("boxes on the picture")],
  [["c"], _("copy a link to this second")],
  [["i"], _("a clip starts here")],
  [["o"], _("a clip ends here")],
  [["?"], _("these keys")],
];

/** The dialog with the keys that do something in `player`. */
export function keysDialog(player) {
  const words = WORDS.filter(([keys]) => player.knows(keys[0]));
  const rows = words.map(([keys, meaning]) =>
    make("div", {}, make("dt", {}, ...keys.flatMap((key, at) => (at ? [" ", make("kbd", {}, key)] : [make("kbd", {}, key)]))), make("dd", {}, meaning)),
  );
  const close = make("button", { type: "button", class: "button quiet", "data-close": true }, _("Close"));
  return make(
    "dialog",
    { class: "dialog player-keys", "aria-label": _("Keys of the player") },
    make("div", { class: "dialog-body stack" }, make("h2", {}, _("Keys of the player")), make("p", { class: "small quiet" }, _("They work while the player, its transcript or its timeline holds the focus.")), make("dl", { class: "keys" }, ...rows), make("div", { class: "form-actions" }, close)),
  );
}
