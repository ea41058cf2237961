// <report-editor data-editable data-keep>: a report sentence by sentence. Without it the same forms fold open and post.
// Click a sentence or press Enter on its Edit to write; it saves by itself; Esc leaves it as it was; Ctrl or ⌘ with Enter
// saves and closes; arrows walk, with Alt they move the sentence. Quote beside spoken words puts them into the report.
import { csrfToken, make, say } from "./dom.js";
import { drop, kept, keptNames } from "./kept-words.js";
import { SentenceSaver } from "./sentence-saver.js";
import { _ } from "./words.js";

const MOVES = { ArrowUp: "up", ArrowDown: "down" };

class ReportEditor extends HTMLElement {
  connectedCallback() {
    if (!this.hasAttribute("data-editable")) return;
    this.setAttribute("data-ready", "");
    this.savers = new WeakMap();
    this.open = new Set();
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("focusin", ({ target }) => this.note(target));
    this.addEventListener("toggle", (event) => this.toggled(event.target), true);
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("htmx:confirm", (event) => this.waitForSaving(event));
    this.addEventListener("htmx:beforeSwap", (event) => this.remember(event));
    this.addEventListener("htmx:afterRequest", (event) => this.sent(event));
    this.addEventListener("htmx:sendError", ({ target }) => this.sendLater(target));
    this.leaving = new AbortController();
    const { signal } = this.leaving;
    document.addEventListener("htmx:afterSettle", () => this.return(), { signal });
    document.addEventListener("submit", (event) => this.quote(event), { signal });
    document.body.addEventListener("mistake-found", () => this.foundOne(), { signal });
    addEventListener("beforeunload", (event) => this.unsaved() && event.preventDefault(), { signal });
    this.restore();
  }

  disconnectedCallback() {
    this.leaving?.abort();
    for (const saver of this.open ?? []) saver.leave();
  }

  name(id) {
    return `${this.dataset.keep}:s:${id}`;
  }

  saver(form) {
    if (!form?.dataset.saves) return null;
    if (!this.savers.has(form)) {
      const made = new SentenceSaver(form, this.name(form.dataset.saves));
      this.savers.set(form, made);
      this.open.add(made);
    }
    return this.savers.get(form);
  }

  unsaved() {
    return [...this.open].some((saver) => saver.dirty);
  }

  /** What this tab kept and never saved comes back into its box; of a sentence that is gone it is shown beside the rest. */
  restore() {
    const start = this.name("");
    for (const name of keptNames(start)) {
      const words = kept(name);
      const form = this.querySelector(`form[data-saves="${CSS.escape(name.slice(start.length))}"]`);
      if (form && words) {
        form.closest("details").open = true;
        this.saver(form).restore(words);
      } else if (words) {
        this.append(this.orphan(name, words.text));
      }
    }
  }

  orphan(name, text) {
    const done = make("button", { type: "button", class: "button small quiet" }, _("I do not need them"));
    const note = make(
      "div",
      { class: "conflict", role: "status" },
      make("p", {}, _("Words you typed into a sentence that was removed meanwhile. Copy them to where they belong.")),
      make("blockquote", {}, text),
      done,
    );
    done.addEventListener("click", () => (drop(name), note.remove()));
    return note;
  }

  note(target) {
    const sentence = target.closest?.(".sentence[data-sentence]");
    if (sentence) this.last = sentence;
  }

  clicked(event) {
    this.note(event.target);
    const move = event.target.closest("[data-move]");
    if (move) {
      event.preventDefault();
      return this.move(move.closest(".sentence"), move.dataset.move);
    }
    const cancel = event.target.closest("[data-cancel]");
    if (cancel) return this.close(cancel.closest("details"));
    const text = event.target.closest(".sentence-text");
    if (!text || String(getSelection()) !== "") return;
    const edit = text.parentElement.querySelector(":scope > .sentence-edit");
    if (!edit) return;
    edit.open = true;
    this.toggled(edit);
  }

  toggled(details) {
    if (!details.matches?.(".sentence-edit") || !details.open) return;
    const box = details.querySelector("textarea");
    this.saver(details.querySelector("form"));
    if (!box || box === document.activeElement) return;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  close(details) {
    const form = details.querySelector("form");
    const saver = this.savers.get(form);
    if (saver) saver.cancel();
    else form?.reset();
    if (form?.dataset.keeps) drop(form.dataset.keeps);
    details.open = false;
    details.querySelector("summary")?.focus();
  }

  pressed(event) {
    const sentence = event.target.closest(".sentence");
    if (event.altKey && MOVES[event.key] && sentence?.querySelector("[data-move]")) {
      event.preventDefault();
      return this.move(sentence, MOVES[event.key]);
    }
    if (event.target.matches("textarea")) return this.pressedInText(event);
    const summary = event.target.closest(".sentence-edit > summary");
    if (!summary || !MOVES[event.key]) return;
    event.preventDefault();
    const all = this.summaries();
    all[all.indexOf(summary) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  }

  pressedInText(event) {
    if (event.key === "Escape" && event.target.closest(".sentence-edit")) {
      event.preventDefault();
      this.close(event.target.closest("details"));
    } else if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.target.form.requestSubmit();
    }
  }

  summaries() {
    return [...this.querySelectorAll(".sentence-edit > summary")].filter((summary) => summary.offsetParent);
  }

  /** The form's own save comes after whatever is being saved, so that it never collides with itself. */
  waitForSaving(event) {
    const saver = this.savers.get(event.target.closest("form"));
    if (!saver) return;
    event.preventDefault();
    saver.settled().then(() => event.detail.issueRequest(true));
  }

  remember(event) {
    const place = event.target.closest?.(".sentence, .sentence-add");
    if (!place) return;
    const after = place.nextElementSibling ?? place.previousElementSibling;
    this.back = [place.id, after?.id].filter(Boolean);
  }

  return() {
    const id = this.back?.find((each) => document.getElementById(each));
    this.back = null;
    if (id) document.getElementById(id).querySelector("summary")?.focus();
  }

  sent(event) {
    const form = event.target.closest?.("form");
    if (!form || !event.detail.successful) return;
    if (form.dataset.saves) drop(this.name(form.dataset.saves));
    if (form.hasAttribute("data-reset")) {
      form.reset();
      this.close(form.closest("details"));
    }
    document.body.dispatchEvent(new CustomEvent("checks-changed", { bubbles: true }));
  }

  /** What could not be sent for want of a network is sent when it is back. */
  sendLater(target) {
    const form = target.closest?.("form[data-keeps]");
    if (!form) return;
    const state = form.querySelector("[data-state]");
    if (state) state.textContent = _("No network. Your words are kept in this browser and sent when it is back.");
    addEventListener("online", () => form.isConnected && form.requestSubmit(), { once: true });
  }

  foundOne() {
    say(_("Well found: that sentence was planted, and is gone."));
  }

  async move(sentence, way) {
    const button = sentence.querySelector(`[data-move="${way}"]`);
    const answer = await this.post(button.formAction, { direction: way }, { Accept: "application/json" });
    if (!answer) return;
    const { passed } = await answer.json();
    const other = passed && document.getElementById(`s-${passed}`);
    if (!other) return say(_("It stands at the edge already."));
    const across = other.parentElement !== sentence.parentElement;
    const had = document.activeElement;
    if ((way === "down") === across) other.before(sentence);
    else other.after(sentence);
    had?.focus();
    sentence.scrollIntoView({ block: "nearest" });
    say(way === "up" ? _("Moved up.") : _("Moved down."));
  }

  async quote(event) {
    const form = event.target;
    if (form.id !== "quote-form") return;
    event.preventDefault();
    const data = new FormData(form, event.submitter);
    data.set("behind", this.last?.isConnected ? this.last.dataset.sentence : "");
    const answer = await this.post(form.action, Object.fromEntries(data), { "HX-Request": "true" });
    if (!answer) return;
    const holder = make("template");
    holder.innerHTML = await answer.text();
    const fresh = holder.content.querySelector(".sentence");
    if (this.last?.isConnected) this.last.after(fresh);
    else [...this.querySelectorAll(".sentence-add")].at(-1).before(fresh);
    window.htmx?.process(fresh);
    this.last = fresh;
    fresh.scrollIntoView({ block: "nearest" });
    say(_("Quoted in the report."));
    document.body.dispatchEvent(new CustomEvent("checks-changed", { bubbles: true }));
  }

  /** The answer when it is good; otherwise says why not and gives null. */
  async post(url, values, headers) {
    try {
      const body = new URLSearchParams(values);
      const answer = await fetch(url, { method: "POST", headers: { ...headers, "X-CSRFToken": csrfToken(), "X-Blotter-Page-Language": document.documentElement.lang }, body });
      if (answer.ok && !answer.redirected) return answer;
      const json = answer.headers.get("Content-Type")?.includes("json") ? await answer.json() : {};
      const why = [json.detail ?? json.title ?? _("Load the page again."), json.remedy].filter(Boolean).join(" ");
      say(_("Not done. {why}", { why }));
    } catch {
      say(_("Not done: the server cannot be reached."));
    }
    return null;
  }
}

customElements.define("report-editor", ReportEditor);
