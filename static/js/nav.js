// What of the navigation does not fit its strip lies under “More”, which opens as a list of links; the page one is on always stays
// in the strip. Without scripts the strip is scrolled.
import { icon, make } from "./dom.js";
import { _, number } from "./words.js";

const GAP = 8;

class Fold {
  constructor(strip) {
    this.strip = strip;
    this.items = [...strip.children];
    this.list = make("ul");
    this.rest = make("div", { class: "nav-rest", id: "nav-rest", popover: "auto" }, this.list);
    this.button = make("button", { type: "button", popovertarget: "nav-rest", "aria-expanded": "false", "aria-controls": "nav-rest" });
    this.more = make("li", { class: "nav-more" }, this.button, this.rest);
    this.rest.addEventListener("toggle", (event) => this.opened(event.newState === "open"));
    new ResizeObserver(() => this.lay()).observe(strip.parentElement);
  }

  lay() {
    if (this.width === this.strip.clientWidth) return;
    this.width = this.strip.clientWidth;
    this.more.remove();
    this.strip.append(...this.items);
    const folded = [];
    const movable = this.items.filter((item) => !item.querySelector("[aria-current]"));
    while (this.strip.scrollWidth > this.width && movable.length) {
      folded.unshift(movable.pop());
      folded[0].remove();
      this.strip.append(this.more);
      this.say(folded);
    }
    this.list.replaceChildren(...folded);
  }

  /** The button's words, with how many wait in the pages under it. */
  say(folded) {
    const counts = folded.map((item) => item.querySelector(".count")).filter(Boolean);
    const waiting = counts.reduce((sum, one) => sum + Number(one.firstChild.textContent.replace(/\D/g, "")), 0);
    const spoken = make("span", { class: "visually-hidden" }, _("More pages"));
    this.button.replaceChildren(make("span", { "aria-hidden": "true" }, _("More")), spoken, icon("down"));
    if (!waiting) return;
    const words = counts[0].querySelector(".visually-hidden").cloneNode(true);
    this.button.insertBefore(make("span", { class: "count" }, number(waiting), words), this.button.lastChild);
  }

  opened(open) {
    this.button.setAttribute("aria-expanded", String(open));
    if (!open) return;
    const at = this.button.getBoundingClientRect();
    const { width } = this.rest.getBoundingClientRect();
    this.rest.style.top = `${at.bottom + 2}px`;
    this.rest.style.left = `${Math.max(GAP, Math.min(innerWidth - width - GAP, at.right - width))}px`;
  }
}

const strip = document.querySelector(".nav > ul");
if (strip) new Fold(strip);
