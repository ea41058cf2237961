// <mark-words>: what is marked in the transcript fills the form: seconds, words, and the utterance they are in.
import { clock } from "./dom.js";

class MarkWords extends HTMLElement {
  connectedCallback() {
    this.leaving = new AbortController();
    document.addEventListener("selectionchange", () => this.marked(), { signal: this.leaving.signal });
  }

  disconnectedCallback() {
    this.leaving?.abort();
  }

  marked() {
    const selection = document.getSelection();
    if (!selection.rangeCount || selection.isCollapsed) return;
    const place = this.querySelector(".marked-words");
    if (!place?.contains(selection.anchorNode) || !place.contains(selection.focusNode)) return;
    const words = [...place.querySelectorAll(".w")].filter((word) => selection.containsNode(word, true));
    if (!words.length) return;
    const said = words[0].closest("[data-utterance]");
    const within = words.filter((word) => said.contains(word));
    this.fill("start", clock(Number(within[0].dataset.start), true));
    this.fill("end", clock(Number(within.at(-1).dataset.end), true));
    this.fill("value", within.map((word) => word.textContent).join(" ").replace(/[.,;:!?…]+$/, ""));
    this.fill("utterance", said.dataset.utterance);
  }

  fill(name, value) {
    const field = this.querySelector(`[name="${name}"]`);
    if (field) field.value = value;
  }
}

customElements.define("mark-words", MarkWords);
