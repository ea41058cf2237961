// <theme-switch>: one button that walks from the system's theme to light to dark.
import { icon, make } from "./dom.js";
import { _ } from "./words.js";

const ORDER = ["system", "light", "dark"];
const GLYPH = { system: "half", light: "sun", dark: "moon" };

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    this.button = make("button", { type: "button" });
    this.button.addEventListener("click", () => this.choose(ORDER[(ORDER.indexOf(this.chosen) + 1) % ORDER.length]));
    this.replaceChildren(this.button);
    this.show();
  }

  get chosen() {
    const kept = localStorage.getItem("blotter:theme");
    return ORDER.includes(kept) ? kept : "system";
  }

  choose(theme) {
    if (theme === "system") {
      localStorage.removeItem("blotter:theme");
      delete document.documentElement.dataset.theme;
    } else {
      localStorage.setItem("blotter:theme", theme);
      document.documentElement.dataset.theme = theme;
    }
    this.show();
    document.dispatchEvent(new CustomEvent("blotter:theme"));
  }

  show() {
    this.button.replaceChildren(icon(GLYPH[this.chosen]));
    const words = { system: _("Theme: system. Change"), light: _("Theme: light. Change"), dark: _("Theme: dark. Change") }[this.chosen];
    this.button.setAttribute("aria-label", words);
    this.button.title = words;
  }
}

customElements.define("theme-switch", ThemeSwitch);
