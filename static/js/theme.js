// <theme-switch>: one button that opens the choice of a theme (as the device, light, dark, night patrol), kept on this device;
// at night also whether pictures are shown dim and red or as they are.
import { icon, make } from "./dom.js";
import { _, N_ } from "./words.js";

const THEMES = [
  ["system", "half", N_("As the device"), ""],
  ["light", "sun", N_("Light"), ""],
  ["dark", "moon", N_("Dark"), ""],
  ["night", "patrol", N_("Night patrol"), N_("Dim and red: eyes stay used to the dark")],
];
const root = document.documentElement;
let made = 0;

export function chosenTheme() {
  const kept = localStorage.getItem("blotter:theme");
  return THEMES.some(([name]) => name === kept) ? kept : "system";
}

function tell() {
  const mast = getComputedStyle(root).getPropertyValue("--mast").trim();
  for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = mast;
  document.dispatchEvent(new CustomEvent("blotter:theme"));
}

export function chooseTheme(theme) {
  if (theme === "system") {
    localStorage.removeItem("blotter:theme");
    delete root.dataset.theme;
  } else {
    localStorage.setItem("blotter:theme", theme);
    root.dataset.theme = theme;
  }
  tell();
}

/** Whether pictures are shown as they are at night; forgotten when the window is closed. */
export function brightPictures(bright) {
  if (bright) {
    root.dataset.pictures = "bright";
    sessionStorage.setItem("blotter:pictures", "bright");
  } else {
    delete root.dataset.pictures;
    sessionStorage.removeItem("blotter:pictures");
  }
  tell();
}

matchMedia("(prefers-color-scheme: dark)").addEventListener("change", tell);

class ThemeSwitch extends HTMLElement {
  connectedCallback() {
    if (this.button) return;
    const id = `theme-menu-${++made}`;
    this.button = make("button", { type: "button", popovertarget: id });
    this.menu = make("div", { class: "theme-menu", id, popover: "auto", role: "dialog", "aria-label": _("Theme") }, this.themes(id), this.pictures());
    this.menu.addEventListener("toggle", (event) => event.newState === "open" && this.opened());
    this.replaceChildren(this.button, this.menu);
    this.following = new AbortController();
    document.addEventListener("blotter:theme", () => this.show(), { signal: this.following.signal });
    this.show();
  }

  disconnectedCallback() {
    this.following?.abort();
    this.button = undefined;
  }

  themes(id) {
    const set = make("fieldset", {}, make("legend", {}, _("Theme")));
    for (const [name, glyph, title, hint] of THEMES) {
      const input = make("input", { type: "radio", name: `${id}-theme`, value: name });
      input.addEventListener("change", () => chooseTheme(name));
      const words = make("span", {}, _(title), ...(hint ? [make("span", { class: "hint" }, _(hint))] : []));
      set.append(make("label", {}, input, icon(glyph), words));
    }
    return set;
  }

  pictures() {
    this.bright = make("input", { type: "checkbox" });
    this.bright.addEventListener("change", () => brightPictures(this.bright.checked));
    const words = make("span", {}, _("Pictures at full brightness"), make("span", { class: "hint" }, _("Dim and red, their colours are not true")));
    return make("div", { class: "theme-pictures" }, make("label", {}, this.bright, words));
  }

  // Under its button, or above it where the button is at the foot of the page.
  opened() {
    const { menu } = this;
    const at = this.button.getBoundingClientRect();
    const { width, height } = menu.getBoundingClientRect();
    const below = at.bottom + height + 8 < innerHeight;
    menu.style.top = `${Math.max(8, below ? at.bottom + 4 : at.top - height - 4)}px`;
    menu.style.left = `${Math.max(8, Math.min(innerWidth - width - 12, at.right - width))}px`;
    menu.querySelector("input:checked")?.focus();
  }

  show() {
    const [, glyph, title] = THEMES.find(([name]) => name === chosenTheme());
    const theme = _(title);
    this.button.replaceChildren(icon(glyph));
    this.button.setAttribute("aria-label", _("Theme: {theme}. Change", { theme }));
    this.button.title = _("Theme: {theme}", { theme });
    this.menu.querySelector(`input[value="${chosenTheme()}"]`).checked = true;
    this.bright.checked = root.dataset.pictures === "bright";
  }
}

customElements.define("theme-switch", ThemeSwitch);
