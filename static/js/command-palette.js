// <command-palette data-at>: a button and Ctrl+K open a box that goes to pages, incidents, reports and recordings, and does what the
// present page can do. A combobox with a listbox; what is not on the page is asked of the server, which shows only what one may see.
import { icon, make, say } from "./dom.js";
import { actsHere, fitting, pagesHere } from "./palette-acts.js";
import { recent, remember } from "./recent.js";
import { _ } from "./words.js";

const GLYPH = { page: "page", act: "right", incident: "folder", report: "pen", recording: "film" };
const PAUSE_MS = 150;
const LEAST = 2;

class CommandPalette extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.leaving.signal });
    on(this.querySelector("button"), "click", () => this.open());
    on(document, "keydown", (event) => {
      if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
      event.preventDefault();
      if (this.dialog?.open) this.dialog.close();
      else if (!document.querySelector("dialog[open]")) this.open();
    });
  }

  disconnectedCallback() {
    this.leaving.abort();
  }

  build() {
    this.list = make("div", { id: "palette-list", role: "listbox", "aria-label": _("Where to go, what to do"), class: "palette-list" });
    this.box = make("input", {
      type: "text", role: "combobox", class: "palette-box", "aria-label": _("Go to, or do"), placeholder: _("Page, incident, report, recording, or what to do here"),
      "aria-expanded": "true", "aria-controls": "palette-list", "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false", autocapitalize: "off", maxlength: "100",
    });
    this.count = make("p", { role: "status", class: "visually-hidden" });
    const close = make("button", { type: "button", class: "button quiet icon-only", "data-close": true, "aria-label": _("Close") }, icon("cross"));
    const foot = make("p", { class: "palette-foot small quiet" }, make("kbd", {}, "↑"), " ", make("kbd", {}, "↓"), ` ${_("choose")}, `, make("kbd", {}, "Enter"), ` ${_("go")}, `, make("kbd", {}, "Esc"), ` ${_("back")}`);
    this.dialog = make("dialog", { class: "dialog palette", "aria-label": _("Go anywhere, or do something here") }, make("div", { class: "palette-head" }, icon("search"), this.box, close), this.list, foot, this.count);
    this.append(this.dialog);
    this.box.addEventListener("input", () => this.typed());
    this.box.addEventListener("keydown", (event) => this.pressed(event));
    this.list.addEventListener("click", (event) => this.take(event.target.closest("[role=option]"), event));
    this.list.addEventListener("pointerdown", (event) => event.preventDefault()); // the box keeps the focus
    this.dialog.addEventListener("close", () => this.asking?.abort());
  }

  async open() {
    if (!this.dialog) this.build();
    this.acts = actsHere();
    this.box.value = "";
    this.found = [];
    this.dialog.showModal();
    this.box.focus();
    this.show();
    if (this.further) return;
    this.further = (await this.ask(""))?.[0]?.items ?? [];
    if (this.dialog.open) this.show();
  }

  typed() {
    clearTimeout(this.pause);
    this.asking?.abort();
    const text = this.box.value.trim();
    if (text.length < LEAST) this.found = [];
    else this.pause = setTimeout(() => this.look(text), PAUSE_MS);
    this.show();
  }

  async look(text) {
    const found = await this.ask(text);
    if (!found || text !== this.box.value.trim()) return;
    this.found = found;
    this.show();
  }

  /** The groups the server has for `text`; null when it was asked for something else meanwhile, or is away. */
  async ask(text) {
    this.asking = new AbortController();
    const headers = { Accept: "application/json" };
    try {
      const answer = await fetch(`${this.dataset.at}?${new URLSearchParams({ q: text })}`, { headers, signal: this.asking.signal });
      if (answer.status === 401) location.reload();
      return answer.ok ? (await answer.json()).groups : null;
    } catch (error) {
      if (error.name !== "AbortError") this.count.textContent = _("The server cannot be reached. Only this page can be searched.");
      return null;
    }
  }

  groups() {
    const text = this.box.value.trim();
    const pages = [...pagesHere(), ...(this.further ?? [])];
    if (!text) return [[_("Opened last"), recent().filter((one) => one.address !== location.pathname)], [_("On this page"), this.acts], [_("Pages"), pages]];
    return [[_("On this page"), fitting(this.acts, text)], [_("Pages"), fitting(pages, text)], ...this.found.map((one) => [one.title, one.items])];
  }

  show() {
    const was = this.chosen?.dataset.sign;
    this.items = [];
    const drawn = this.groups().filter(([, items]) => items.length).map(([title, items], at) => this.group(title, items, at));
    const none = make("p", { class: "palette-none quiet" }, this.box.value.trim().length < LEAST ? _("Type two characters or more.") : _("Nothing of this name that you may open."));
    this.list.replaceChildren(...(drawn.length ? drawn : [none]));
    this.count.textContent = `${this.items.length} ${this.items.length === 1 ? "result" : "results"}`;
    const options = this.options();
    this.choose(options.find((one) => one.dataset.sign === was && this.moved) ?? options[0]);
  }

  group(title, items, at) {
    const rows = items.map((item) => {
      const sign = `${item.kind}:${item.address ?? item.words}`;
      const option = make("div", { role: "option", id: `palette-${this.items.length}`, class: "palette-option", "aria-selected": "false", "data-sign": sign });
      option.append(icon(GLYPH[item.kind]), make("span", { class: "palette-words" }, item.words), make("span", { class: "palette-told small quiet" }, item.told ?? ""));
      if (item.key) option.append(make("kbd", {}, item.key));
      this.items.push(item);
      return option;
    });
    return make("div", { role: "group", "aria-labelledby": `palette-group-${at}` }, make("p", { id: `palette-group-${at}`, class: "palette-title small" }, title), ...rows);
  }

  options() {
    return [...this.list.querySelectorAll("[role=option]")];
  }

  choose(option) {
    this.chosen?.setAttribute("aria-selected", "false");
    this.chosen = option;
    if (!option) return this.box.removeAttribute("aria-activedescendant");
    option.setAttribute("aria-selected", "true");
    this.box.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  pressed(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const all = this.options();
      this.moved = true;
      this.choose(all[(all.indexOf(this.chosen) + step + all.length) % all.length]);
    } else if (event.key === "Enter") {
      event.preventDefault();
      this.take(this.chosen, event);
    } else this.moved = false;
  }

  take(option, event) {
    const item = option && this.items[Number(option.id.split("-").pop())];
    if (!item) return;
    this.dialog.close();
    if (item.run) return item.run();
    if (item.kind !== "page") remember(item);
    if (event.ctrlKey || event.metaKey) window.open(item.address, "_blank", "noopener");
    else if (new URL(item.address, location.href).href === location.href) say(_("You are there."));
    else location.assign(item.address);
  }
}

customElements.define("command-palette", CommandPalette);
