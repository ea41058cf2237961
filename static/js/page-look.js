// <page-look>: the living page, and every page opened after it in this window, from right to left or with text twice as large;
// [data-say] shows a short message. Only the page of styles loads this.
import { make, say } from "./dom.js";

const root = document.documentElement;
const WAYS = [
  ["Direction", "blotter:dir", [["", "As the language"], ["ltr", "Left to right"], ["rtl", "Right to left"]]],
  ["Text", "blotter:text", [["", "100 %"], ["200", "200 %"]]],
];

function show() {
  const dir = sessionStorage.getItem("blotter:dir");
  if (dir) root.dir = dir;
  else root.removeAttribute("dir");
  root.style.fontSize = sessionStorage.getItem("blotter:text") === "200" ? "200%" : "";
}

class PageLook extends HTMLElement {
  connectedCallback() {
    const asked = new URLSearchParams(location.search).get("dir");
    if (asked === "rtl" || asked === "ltr") sessionStorage.setItem("blotter:dir", asked);
    this.replaceChildren(make("div", { class: "page-look" }, ...WAYS.map((one) => this.choice(...one))));
    show();
  }

  choice(title, key, values) {
    const kept = sessionStorage.getItem(key) ?? "";
    const set = make("fieldset", {}, make("legend", {}, title));
    for (const [value, words] of values) {
      const input = make("input", { type: "radio", name: key, value, checked: value === kept });
      input.addEventListener("change", () => {
        if (value) sessionStorage.setItem(key, value);
        else sessionStorage.removeItem(key);
        show();
      });
      set.append(make("label", {}, input, words));
    }
    return set;
  }
}

customElements.define("page-look", PageLook);

document.addEventListener("click", (event) => {
  const asked = event.target.closest?.("[data-say]");
  if (asked) say(asked.dataset.say);
});
