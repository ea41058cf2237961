// <report-editor data-editable>: a report sentence by sentence. Without it the same forms fold open and post.
// Click a sentence or press Enter on its Edit to write; Esc leaves it as it was; Ctrl or ⌘ with Enter saves; arrows walk.

class ReportEditor extends HTMLElement {
  connectedCallback() {
    if (!this.hasAttribute("data-editable")) return;
    this.setAttribute("data-ready", "");
    this.addEventListener("click", (event) => this.clicked(event));
    this.addEventListener("toggle", (event) => this.toggled(event.target), true);
    this.addEventListener("keydown", (event) => this.pressed(event));
    this.addEventListener("htmx:beforeSwap", (event) => this.remember(event));
    this.addEventListener("htmx:afterRequest", (event) => this.sent(event));
    document.addEventListener("htmx:afterSettle", (this.onSettle = () => this.return()));
  }

  disconnectedCallback() {
    document.removeEventListener("htmx:afterSettle", this.onSettle);
  }

  clicked(event) {
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
    if (!box || box === document.activeElement) return;
    box.focus();
    box.setSelectionRange(box.value.length, box.value.length);
  }

  close(details) {
    const form = details.querySelector("form");
    form?.reset();
    details.open = false;
    details.querySelector("summary")?.focus();
  }

  pressed(event) {
    if (event.target.matches("textarea")) return this.pressedInText(event);
    const summary = event.target.closest(".sentence-edit > summary");
    if (!summary || (event.key !== "ArrowDown" && event.key !== "ArrowUp")) return;
    event.preventDefault();
    const all = this.summaries();
    all[all.indexOf(summary) + (event.key === "ArrowDown" ? 1 : -1)]?.focus();
  }

  pressedInText(event) {
    if (event.key === "Escape") {
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
    const form = event.target.closest?.("form[data-reset]");
    if (!form || !event.detail.successful) return;
    this.close(form.closest("details"));
  }
}

customElements.define("report-editor", ReportEditor);
