// Saves one sentence by itself while it is typed. What cannot be saved is kept in the tab and tried again; when somebody
// else changed the sentence meanwhile, both texts are shown and a person chooses.
import { csrfToken, make, say } from "./dom.js";
import { drop, keep } from "./kept-words.js";
import { _, locale } from "./words.js";

const PAUSE_MS = 1200;
const LONGEST_MS = 8000;
const AGAIN_MS = 4000;
const time = (iso) => new Date(iso).toLocaleTimeString(locale, { hour: "2-digit", minute: "2-digit" });

export class SentenceSaver {
  constructor(form, name) {
    this.form = form;
    this.name = name;
    this.box = form.querySelector("textarea");
    this.edition = form.elements.edition;
    this.state = form.querySelector("[data-state]");
    this.first = this.box.defaultValue;
    this.saved = this.box.defaultValue;
    this.box.addEventListener("input", () => this.typed());
    this.onLine = () => this.waiting && this.save();
    addEventListener("online", this.onLine);
  }

  get dirty() {
    return this.box.isConnected && this.box.value !== this.saved;
  }

  /** Puts back what this tab kept, with the edition it was typed on, so that a newer one is seen as a conflict. */
  restore({ text, edition }) {
    this.box.value = text;
    this.edition.value = edition;
    this.tell(_("These words were not saved yet."), "waiting");
    this.save();
  }

  typed() {
    keep(this.name, { text: this.box.value, edition: this.edition.value });
    if (this.conflict) return;
    this.tell(_("Typing…"), "typing");
    clearTimeout(this.timer);
    this.since ??= Date.now();
    this.timer = setTimeout(() => this.save(), Date.now() - this.since > LONGEST_MS ? 0 : PAUSE_MS);
  }

  /** Saves what stands in the box; resolves when nothing is under way any more. */
  save() {
    clearTimeout(this.timer);
    this.since = null;
    if (!this.box.isConnected || this.conflict) return Promise.resolve();
    if (this.under) return (this.under = this.under.then(() => (this.dirty ? this.send() : null)));
    this.under = this.send().finally(() => (this.under = null));
    return this.under;
  }

  settled() {
    clearTimeout(this.timer);
    return this.under ?? Promise.resolve();
  }

  async send() {
    const text = this.box.value;
    if (text === this.saved || !text.trim()) return;
    const body = new URLSearchParams({ text, edition: this.edition.value });
    const headers = { Accept: "application/json", "X-CSRFToken": csrfToken(), "X-Blotter-Page-Language": document.documentElement.lang };
    let answer;
    try {
      answer = await fetch(this.form.action, { method: "POST", headers, body, redirect: "manual" });
    } catch {
      return this.later(_("No network. Your words are kept in this browser and sent when it is back."));
    }
    const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : null;
    this.waiting = false;
    if (answer.ok && json) return this.done(text, json);
    if (answer.status === 409 && json?.conflict) return this.choose(json);
    if (answer.status >= 500) return this.later(_("The server could not save this. Your words are kept and sent again."));
    this.refuse(answer, json);
  }

  done(text, { edition, saved_at: at, found, authorship }) {
    if (found) {
      drop(this.name);
      say(found);
      this.form.closest(".sentence").remove();
    } else {
      this.edition.value = edition;
      this.saved = text;
      if (this.box.value === text) drop(this.name);
      else keep(this.name, { text: this.box.value, edition });
      this.tell(_("Saved {time}", { time: time(at) }), "saved");
      const sentence = this.form.closest(".sentence");
      sentence.classList.remove("is-machine", "is-edited", "is-officer");
      sentence.classList.add(`is-${authorship ?? "machine"}`);
    }
    document.body.dispatchEvent(new CustomEvent("checks-changed", { bubbles: true }));
  }

  refuse(answer, json) {
    const gone = answer.status === 404;
    const out = answer.type === "opaqueredirect" || answer.status === 401 || (answer.status !== 404 && !json);
    const why = gone
      ? _("This sentence was removed in another window. Copy your words before you close it.")
      : out
        ? _("You are signed out here. Your words are kept; sign in again in this tab.")
        : _("Not saved. {why}", { why: [json.error ?? json.detail ?? json.title, json.remedy].filter(Boolean).join(" ") });
    this.tell(why, "failed");
  }

  later(why) {
    this.waiting = true;
    this.tell(why, "waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), AGAIN_MS);
  }

  /** Both texts, side by side; nothing is overwritten until one is chosen. */
  choose({ text, edition }) {
    if (text === this.box.value) return this.take(text, edition);
    const button = (label, kind, act) => {
      const made = make("button", { type: "button", class: `button small ${kind}` }, label);
      made.addEventListener("click", act);
      return made;
    };
    const mine = make("blockquote", {}, this.box.value);
    this.conflict = make(
      "div",
      { class: "conflict", role: "alert" },
      make("p", {}, _("This sentence was changed in another window. Nothing is lost: choose what stands.")),
      make("div", { class: "conflict-texts" }, make("div", {}, make("p", { class: "small" }, _("Yours")), mine), make("div", {}, make("p", { class: "small" }, _("As it is saved")), make("blockquote", {}, text))),
      make("div", { class: "form-actions" }, button(_("Keep mine"), "primary", () => this.insist(edition)), button(_("Take the saved one"), "quiet", () => this.take(text, edition))),
    );
    this.box.addEventListener("input", () => (mine.textContent = this.box.value));
    this.state.after(this.conflict);
    this.tell(_("Not saved yet."), "failed");
  }

  insist(edition) {
    this.settle(edition);
    this.saved = null;
    this.save();
  }

  take(text, edition) {
    this.settle(edition);
    this.box.value = this.saved = this.first = text;
    drop(this.name);
    this.tell(_("This is what is saved."), "saved");
  }

  settle(edition) {
    this.conflict?.remove();
    this.conflict = null;
    this.edition.value = edition;
    this.box.focus();
  }

  /** Leaves the sentence as it was before this box was opened, also when some of it was saved since. */
  async cancel() {
    clearTimeout(this.timer);
    await this.settled();
    this.conflict?.remove();
    this.conflict = null;
    this.box.value = this.first;
    drop(this.name);
    this.tell("");
    if (this.saved !== this.first) await this.save();
  }

  tell(words, kind = "") {
    this.state.textContent = words;
    this.state.dataset.state = kind;
  }

  leave() {
    clearTimeout(this.timer);
    removeEventListener("online", this.onLine);
  }
}
