// <clip-pane data-evidence>: the recordings beside a report's text fold, and the one that a sentence rests on opens.

class ClipPane extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    document.addEventListener("blotter:seek", (event) => this.asked(event), { capture: true, signal: this.leaving.signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  asked({ detail }) {
    const details = this.querySelector("details");
    if (!details || !document.querySelector(`clip-pane[data-evidence="${CSS.escape(detail.evidence)}"]`)) return;
    details.open = detail.evidence === this.dataset.evidence;
    if (details.open && !matchMedia("(min-width: 56rem)").matches) details.scrollIntoView({ block: "start" });
  }
}

customElements.define("clip-pane", ClipPane);
