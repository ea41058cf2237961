// What the present page can do, read from the page itself: its keys and the buttons at its head.
import { showKeys } from "./page-keys.js";
import { _ } from "./words.js";

const words = (node) => (node.getAttribute("aria-label") ?? node.textContent).replace(/\s+/g, " ").trim();

/** Each as {kind, words, key, run}, in the order of the page. */
export function actsHere() {
  const keys = document.querySelector("review-keys")?.acts?.() ?? [];
  const buttons = [...document.querySelectorAll(".page-actions a, .page-actions button, [data-palette]")]
    .filter((one) => !one.closest("review-keys") && !one.matches("[data-next-report]") && one.offsetParent && words(one))
    .map((one) => ({ kind: "act", words: words(one), run: () => one.click() }));
  const named = new Set(keys.map((one) => one.words.toLowerCase()));
  const always = [
    { kind: "act", words: _("Keys of this page"), key: "?", run: () => (document.querySelector("review-keys button") ? document.querySelector("review-keys button").click() : showKeys()) },
    { kind: "act", words: _("Change the theme"), run: () => document.querySelector("theme-switch button")?.click() },
    { kind: "act", words: _("Sign out"), run: () => document.querySelector("[data-sign-out]")?.requestSubmit() },
  ];
  return [...buttons.filter((one) => !named.has(one.words.toLowerCase())), ...keys, ...always];
}

/** The pages of the navigation, which is on every page. */
export function pagesHere() {
  return [...document.querySelectorAll(".nav a")].map((one) => ({ kind: "page", words: one.firstChild.textContent.trim(), address: one.getAttribute("href") }));
}

/** Those of `items` that have every word of `text`, those that begin with it first. */
export function fitting(items, text) {
  const asked = text.toLowerCase().split(/\s+/);
  const fits = items.filter((one) => asked.every((word) => one.words.toLowerCase().includes(word)));
  const begins = (one) => Number(one.words.toLowerCase().startsWith(asked[0]));
  return fits.sort((a, b) => begins(b) - begins(a));
}
