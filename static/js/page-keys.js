// What every single-key shortcut shares: when it keeps quiet, the switch that turns all of them off (WCAG 2.1.4), and the sheet that lists them.
import { make } from "./dom.js";
import { _, N_ } from "./words.js";

const OFF = "blotter:keys-off";
const MAC = /Mac|iP(hone|ad)/.test(navigator.platform);
export const GENERAL = [
  [MAC ? "⌘ K" : "Ctrl K", N_("go anywhere, or do something here")],
  [MAC ? "⌘ Z" : "Ctrl Z", N_("undo, where the page offers it")],
  ["?", N_("these keys")],
];

/** Whether this browser's person has turned single keys off. */
export function keysOff() {
  return localStorage.getItem(OFF) === "yes";
}

/** Whether somebody types, or is in a part that has keys of its own. */
export function typing(target) {
  return target.closest?.("input, textarea, select, [contenteditable], evidence-player, .transcript, dialog[open]") != null;
}

/** Whether a press is no single key: a combination, or one that something else has taken. */
export function combined(event) {
  return event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey;
}

/** A dialog that lists keys, each as [key, words], and holds the switch. */
export function keySheet(rows) {
  const box = make("input", { type: "checkbox", checked: !keysOff() });
  box.addEventListener("change", () => {
    if (box.checked) localStorage.removeItem(OFF);
    else localStorage.setItem(OFF, "yes");
  });
  const listed = [...rows.filter(([key]) => key !== "?"), ...GENERAL];
  const lines = listed.map(([key, words]) => make("div", {}, make("dt", {}, make("kbd", {}, key)), make("dd", {}, _(words))));
  const close = make("button", { type: "button", class: "button quiet", "data-close": true }, _("Close"));
  return make(
    "dialog",
    { class: "dialog", "aria-label": _("Keys") },
    make(
      "div",
      { class: "dialog-body stack" },
      make("h2", {}, _("Keys")),
      make("dl", { class: "keys" }, ...lines),
      make("label", { class: "choice" }, box, make("span", {}, _("Single keys work on this browser"))),
      make("div", { class: "form-actions" }, close),
    ),
  );
}

/** The sheet of a page that has no keys of its own. */
export function showKeys() {
  const dialog = keySheet([]);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}

document.addEventListener("keydown", (event) => {
  if (event.key !== "?" || combined(event) || keysOff() || typing(event.target) || document.querySelector("review-keys")) return;
  event.preventDefault();
  showKeys();
});
