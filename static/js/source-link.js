// <source-link data-evidence data-start data-end>: plays those seconds here when the player is on the page.
import { seek } from "./dom.js";

class SourceLink extends HTMLElement {
  connectedCallback() {
    this.addEventListener("click", (event) => {
      if (event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
      const { evidence, start, end } = this.dataset;
      if (seek({ evidence, start: Number(start), end: end ? Number(end) : null, play: true })) event.preventDefault();
    });
  }
}

customElements.define("source-link", SourceLink);
