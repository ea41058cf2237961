// <transcript-view data-evidence>: follows the player word by word; a click on a word goes there.
import { lastStarted, make, seek } from "./dom.js";

const HANDS_OFF_MS = 4000;

class TranscriptView extends HTMLElement {
  connectedCallback() {
    this.list = this.querySelector(".transcript");
    if (!this.list || this.hasAttribute("data-ready")) return;
    this.refresh();
    this.scrolledAt = 0;
    this.addFollow();
    this.list.tabIndex = 0;
    this.list.setAttribute("role", "list");
    this.list.setAttribute("aria-label", "Transcript");
    this.listen();
    this.setAttribute("data-ready", "");
  }

  disconnectedCallback() {
    document.removeEventListener("blotter:time", this.onTime);
  }

  /** Lines were changed, or more of them came: what follows the player is found anew. */
  refresh() {
    this.utterances = this.spans(".utterance");
    this.words = this.spans(".w[data-start]");
  }

  spans(selector) {
    return [...this.list.querySelectorAll(selector)].map((node) => ({
      node,
      start: Number(node.dataset.start),
      end: Number(node.dataset.end),
    }));
  }

  addFollow() {
    this.follow = make("input", { type: "checkbox", checked: true });
    this.querySelector(".transcript-tools")?.prepend(make("label", {}, this.follow, "Follow"));
  }

  listen() {
    this.onTime = ({ detail }) => {
      if (!this.dataset.evidence || detail.evidence === this.dataset.evidence) this.show(detail.time);
    };
    document.addEventListener("blotter:time", this.onTime);
    this.list.addEventListener("click", (event) => this.clicked(event));
    for (const kind of ["transcript:changed", "htmx:afterSettle"]) this.list.addEventListener(kind, () => this.refresh());
    for (const kind of ["wheel", "touchmove"]) {
      this.list.addEventListener(kind, () => (this.scrolledAt = Date.now()), { passive: true });
    }
  }

  clicked(event) {
    const place = event.target.closest(".w[data-start], .utterance-time");
    if (!place || String(getSelection()) !== "") return;
    const detail = { evidence: this.dataset.evidence, start: Number(place.dataset.start), play: place.matches("a") || this.hasAttribute("data-plays") };
    if (seek(detail)) event.preventDefault();
  }

  show(time) {
    const utterance = this.at(this.utterances, time);
    if (utterance !== this.utterance) {
      this.utterance?.node.removeAttribute("aria-current");
      utterance?.node.setAttribute("aria-current", "true");
      this.utterance = utterance;
      if (utterance) this.bring(utterance.node);
    }
    const word = this.at(this.words, time);
    if (word === this.word) return;
    this.word?.node.classList.remove("is-now");
    word?.node.classList.add("is-now");
    this.word = word;
  }

  at(spans, time) {
    const span = spans[lastStarted(spans, time + 0.02)];
    return span && time <= span.end + 0.3 ? span : null;
  }

  bring(node) {
    if (!this.follow.checked || Date.now() - this.scrolledAt < HANDS_OFF_MS) return;
    const calm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const top = node.offsetTop - this.list.clientHeight / 3;
    this.list.scrollTo({ top, behavior: calm ? "auto" : "smooth" });
  }
}

customElements.define("transcript-view", TranscriptView);
