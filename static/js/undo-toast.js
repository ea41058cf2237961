// What was just done and can be undone: Ctrl+Z presses its Undo, and a cross puts the words away. It stays until then.
import { icon, make } from "./dom.js";
import { _ } from "./words.js";
import { typing } from "./page-keys.js";

const button = () => document.querySelector("[data-undo-last]");

for (const toast of document.querySelectorAll(".toast.has-undo")) {
  const away = make("button", { type: "button", class: "button small icon-only", "aria-label": _("Put away") }, icon("cross"));
  away.addEventListener("click", () => toast.remove());
  toast.append(away);
}

document.addEventListener("keydown", (event) => {
  const wanted = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!wanted || event.defaultPrevented || typing(event.target) || !button()) return;
  event.preventDefault();
  button().click();
});
