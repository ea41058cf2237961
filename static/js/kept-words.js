// What was typed and not saved yet stays in this tab: through a lost network, a reload, the idle lock. Never longer: it is
// dropped once saved, at sign-out, and when somebody else signs in here.

import { _ } from "./words.js";

const PREFIX = "blotter:kept:";
const officer = document.body.dataset.officer ?? "";
const key = (name) => `${PREFIX}${officer}:${name}`;

function forgetOthers() {
  if (!officer) return;
  for (const each of Object.keys(sessionStorage)) {
    if (each.startsWith(PREFIX) && !each.startsWith(`${PREFIX}${officer}:`)) sessionStorage.removeItem(each);
  }
}

/** Keeps `value` (anything JSON can hold) under `name`; false when the browser has no room. */
export function keep(name, value) {
  try {
    sessionStorage.setItem(key(name), JSON.stringify(value));
    return true;
  } catch {
    return false;
  }
}

/** What was kept under `name`, or null. */
export function kept(name) {
  try {
    return JSON.parse(sessionStorage.getItem(key(name)));
  } catch {
    return null;
  }
}

export function drop(name) {
  sessionStorage.removeItem(key(name));
}

/** The names kept that begin so. */
export function keptNames(beginning) {
  const start = key(beginning);
  return Object.keys(sessionStorage).filter((each) => each.startsWith(start)).map((each) => each.slice(key("").length));
}

// Forms that are sent as a whole: form[data-keeps="name"] gets its words back when the page comes again without them.
function fill(form) {
  const box = form.querySelector("textarea");
  const words = kept(form.dataset.keeps);
  if (!box || !words || box.value.trim()) return;
  box.value = words;
  form.closest("details")?.setAttribute("open", "");
  const state = form.querySelector("[data-state]");
  if (state) state.textContent = _("These words were not sent yet; they were kept in this browser.");
}

document.addEventListener("input", ({ target }) => {
  const form = target.closest?.("form[data-keeps]");
  if (!form || !target.matches("textarea")) return;
  if (target.value.trim()) keep(form.dataset.keeps, target.value);
  else drop(form.dataset.keeps);
});

document.addEventListener("htmx:afterRequest", ({ target, detail }) => {
  const form = target.closest?.("form[data-keeps]");
  if (form && detail.successful) drop(form.dataset.keeps);
});

forgetOthers();
for (const form of document.querySelectorAll("form[data-keeps]")) fill(form);
// A recollection that is locked leaves its form behind: then its words are with the server.
for (const name of keptNames("recollection-")) {
  if (!document.querySelector(`form[data-keeps="${CSS.escape(name)}"]`) && document.querySelector("report-editor")) drop(name);
}
