// <transcript-editor data-editable data-keep>: corrects a transcript line by line, from the keyboard as transcribers work.
// On a line: arrows walk, Enter edits, h plays it, n goes to the next doubted word, c says that all words are right.
// While typing: Alt with K J , . N C plays, goes back, slows, speeds, finds the next doubted word, checks; Ctrl Enter saves
// and goes on, Esc closes. Without it every Edit is a link to a page with plain forms.
import { clock, csrfToken, make, say, seek } from "./dom.js";
import { kept, keptNames } from "./kept-words.js";
import { TranscriptSaver } from "./transcript-saver.js";

const BACK_S = 3;
const TYPING = { KeyK: "toggle", KeyJ: "back", Comma: "slower", Period: "faster", KeyN: "doubt", KeyC: "check" };
const ON_LINE = { n: "doubt", c: "check", h: "hear", Enter: "edit", ArrowDown: "down", ArrowUp: "up" };

class TranscriptEditor extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".transcript");
    this.template = document.getElementById("line-form");
    if (!this.list || !this.template || !this.hasAttribute("data-editable") || this.leaving) return;
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    this.addEventListener("click", (event) => this.clicked(event), { signal });
    this.addEventListener("keydown", (event) => this.pressed(event), { signal });
    this.addEventListener("submit", (event) => (event.preventDefault(), this.next()), { signal });
    addEventListener("beforeunload", (event) => this.saver?.dirty && event.preventDefault(), { signal });
    document.addEventListener("focusin", ({ target }) => target.matches("[data-now]") && this.putNow(target), { signal });
    this.restore();
    this.setAttribute("data-ready", "");
  }

  disconnectedCallback() {
    this.leaving?.abort();
    this.saver?.leave();
  }

  get player() {
    return document.querySelector(`evidence-player[data-evidence="${this.dataset.evidence}"]`);
  }

  lines() {
    return [...this.list.querySelectorAll(":scope > .utterance")];
  }

  name(line) {
    return `${this.dataset.keep}:${line.dataset.line}`;
  }

  /** What this tab kept and never saved comes back: into its line when it is here, or else beside the lines, to be copied. */
  restore() {
    const start = `${this.dataset.keep}:`;
    for (const name of keptNames(start)) {
      const line = document.getElementById(`u-${name.slice(start.length)}`);
      const words = kept(name);
      if (!words) continue;
      if (!line) this.list.before(this.elsewhere(words, name.slice(start.length)));
      else if (!this.form) this.open(line, words);
    }
  }

  elsewhere(words, id) {
    const place = make("a", { href: `/utterances/${id}` }, "Open the line");
    return make("div", { class: "conflict", role: "status" }, make("p", {}, "Words you typed were not saved yet: "), make("blockquote", {}, words.text), make("p", {}, place));
  }

  /** A missed line begins where the player is. */
  putNow(box) {
    if (!box.value && this.player) box.value = clock(this.player.time, true);
  }

  /** Opens the line's form under its words; whatever was open is saved and closed first. */
  open(line, words = null) {
    if (this.line === line) return;
    if (this.form) this.close({ focus: false });
    this.line = line;
    this.form = make("form", { class: "line-form", method: "post", action: `/utterances/${line.dataset.line}` });
    this.form.append(this.template.content.cloneNode(true));
    const box = this.form.elements.text;
    box.defaultValue = box.value = line.dataset.text;
    box.rows = Math.min(8, Math.max(2, Math.ceil(box.value.length / 48)));
    this.form.elements.edition.value = line.dataset.edition;
    this.form.elements.speaker.value = line.dataset.speaker;
    this.form.elements.role.value = line.dataset.role;
    line.classList.add("is-open");
    line.append(this.form);
    this.saver = new TranscriptSaver(this.form, this.name(line), (saved) => this.took(saved));
    if (words) this.saver.restore(words);
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
    line.scrollIntoView({ block: "nearest" });
  }

  /** Saves what is there; the form goes once it is saved, and stays where it could not be. */
  async close({ focus = true } = {}) {
    const { line, form, saver } = this;
    if (!form) return;
    this.line = this.form = this.saver = null;
    await saver.save();
    if (saver.dirty || saver.conflict) return this.keepOpen(line, form, saver);
    saver.leave();
    form.remove();
    line.classList.remove("is-open");
    const shown = this.swap(saver.lines) ?? line;
    if (focus) shown.focus();
  }

  keepOpen(line, form, saver) {
    if (this.form) return;
    Object.assign(this, { line, form, saver });
  }

  /** Puts the lines as the server has them in the place of what is shown; returns the first. */
  swap(lines, gone = "") {
    let shown = null;
    for (const { id, html } of lines ?? []) {
      const holder = make("template");
      holder.innerHTML = html.trim();
      const fresh = holder.content.firstElementChild;
      const old = document.getElementById(`u-${id}`);
      if (old) old.replaceWith(fresh);
      else shown?.after(fresh);
      shown ??= fresh;
    }
    if (gone) document.getElementById(`u-${gone}`)?.remove();
    this.list.dispatchEvent(new CustomEvent("transcript:changed", { bubbles: true }));
    return shown;
  }

  took({ edition }) {
    if (this.line) this.line.dataset.edition = edition;
    document.querySelector("[data-unread]")?.removeAttribute("hidden");
  }

  clicked(event) {
    const edit = event.target.closest(".line-edit");
    if (edit && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      return this.open(edit.closest(".utterance"));
    }
    const button = event.target.closest("[data-play], [data-act]");
    if (button) this.act(button.dataset.play ?? button.dataset.act);
  }

  pressed(event) {
    if (event.defaultPrevented) return;
    if (event.target.closest(".line-form")) return this.pressedInForm(event);
    if (event.target === this.list && event.key === "ArrowDown") return event.preventDefault(), this.lines()[0]?.focus();
    const line = event.target.closest(".utterance");
    if (!line || event.target !== line || event.ctrlKey || event.metaKey || event.altKey) return;
    const act = ON_LINE[event.key];
    if (!act) return;
    event.preventDefault();
    this.onLine(act, line);
  }

  pressedInForm(event) {
    if (event.key === "Escape") return event.preventDefault(), this.close();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return event.preventDefault(), this.next();
    const act = event.altKey && !event.ctrlKey ? TYPING[event.code] : null;
    if (!act) return;
    event.preventDefault();
    this.act(act);
  }

  onLine(act, line) {
    const all = this.lines();
    if (act === "edit") return this.open(line);
    if (act === "hear") return seek({ evidence: this.dataset.evidence, start: Number(line.dataset.start), end: Number(line.dataset.end), play: true });
    if (act === "check") return this.send("check", {}, line);
    if (act === "doubt") return this.nextDoubt(line, true);
    all[all.indexOf(line) + (act === "down" ? 1 : -1)]?.focus();
  }

  act(name) {
    const player = this.player;
    const acts = {
      toggle: () => player?.toggle(),
      back: () => player?.jump(-BACK_S),
      slower: () => player?.faster(-1),
      faster: () => player?.faster(1),
      doubt: () => this.nextDoubt(this.line),
      close: () => this.close(),
      cancel: () => this.saver.cancel(),
      check: () => this.send("check"),
      split: () => this.send("split", { at: this.wordAt(this.form.elements.text.selectionStart) }),
      join: () => this.send("join"),
      remove: () => this.send("remove"),
      speaker: () => this.send("speaker", this.said()),
      newspeaker: () => this.send("newspeaker", this.said()),
      redact: () => this.send("redact", { ...this.span(), reason: this.form.elements.reason.value }),
      unredact: () => this.send("redact", { ...this.span(), reason: "" }),
    };
    acts[name]?.();
  }

  said() {
    return { speaker: this.form.elements.speaker.value, role: this.form.elements.role.value };
  }

  /** The number of the word that begins at or behind this sign of the text. */
  wordAt(place) {
    return this.form.elements.text.value.slice(0, place).split(/\s+/).filter(Boolean).length;
  }

  span() {
    const { selectionStart, selectionEnd, value } = this.form.elements.text;
    const first = Math.max(0, this.wordAt(selectionStart) - (/\S$/.test(value.slice(0, selectionStart)) && /^\S/.test(value.slice(selectionStart)) ? 1 : 0));
    return { first, last: Math.max(first, this.wordAt(selectionEnd) - 1) };
  }

  /** Saves and opens the line below. */
  async next() {
    const all = this.lines();
    const below = all[all.indexOf(this.line) + 1];
    const id = below?.id;
    await this.close();
    if (this.form) return;
    if (id) this.open(document.getElementById(id));
    else say("That was the last line here.");
  }

  /** The next doubted word behind the cursor, in this line or a later one: selected in the box, and the player goes there. */
  async nextDoubt(line, fromStart = false) {
    const from = fromStart || !this.form ? 0 : this.form.elements.text.selectionEnd;
    if (!fromStart && this.form && this.choose(line, from)) return;
    const all = this.lines();
    const start = all.indexOf(line) + (this.form && !fromStart ? 1 : 0);
    const found = all.slice(start).find((one) => one.querySelector(".w.doubt"));
    if (!found) return say("No doubted word follows here.");
    await this.close({ focus: false });
    if (this.form) return;
    const fresh = document.getElementById(found.id);
    this.open(fresh);
    this.choose(fresh, 0);
  }

  choose(line, from) {
    const box = this.form.elements.text;
    for (const word of line.querySelectorAll(".w.doubt")) {
      const text = word.firstChild.data;
      const place = box.value.indexOf(text, from);
      if (place < 0) continue;
      box.focus();
      box.setSelectionRange(place, place + text.length);
      seek({ evidence: this.dataset.evidence, start: Math.max(0, Number(word.dataset.start) - 0.4), play: false });
      return true;
    }
    return false;
  }

  /** One of the other acts on a line. What was typed is saved before; the lines come back as they stand. */
  async send(act, values = {}, line = this.line) {
    const open = line === this.line;
    if (open) {
      await this.saver.save();
      if (this.saver.dirty || this.saver.conflict) return;
    }
    const body = new URLSearchParams({ ...values, edition: line.dataset.edition });
    const answer = await this.post(`/utterances/${line.dataset.line}/${act}`, body);
    if (!answer) return;
    if (open) {
      this.saver.leave();
      this.line = this.form = this.saver = null;
    }
    const after = line.nextElementSibling ?? line.previousElementSibling;
    const shown = this.swap(answer.lines, answer.gone) ?? after;
    if (act === "newspeaker") return location.reload();
    if (open && shown?.matches(".utterance") && act !== "remove") this.open(shown);
    else shown?.focus();
    say({ check: "All words right.", remove: "Taken out." }[act] ?? "Saved.");
  }

  async post(url, body) {
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken() };
    try {
      const answer = await fetch(url, { method: "POST", headers, body, redirect: "manual" });
      const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      if (answer.ok && json.lines) return json;
      say(`Not done. ${[json.detail ?? "Sign in again in this tab.", json.remedy].filter(Boolean).join(" ")}`);
    } catch {
      say("Not done: the server cannot be reached.");
    }
    return null;
  }
}

customElements.define("transcript-editor", TranscriptEditor);
