// <copy-button data-text data-label>: copies its text and says so.
import { icon, make, say } from "./dom.js";
import { _ } from "./words.js";

class CopyButton extends HTMLElement {
  connectedCallback() {
    const label = this.dataset.label ?? _("Copy");
    const button = make("button", { type: "button", "aria-label": label, title: label }, icon("copy"));
    button.addEventListener("click", () => this.copy(button));
    this.replaceChildren(button);
  }

  async copy(button) {
    try {
      await navigator.clipboard.writeText(this.dataset.text ?? "");
      button.replaceChildren(icon("check"));
      say(_("Copied"));
      setTimeout(() => button.replaceChildren(icon("copy")), 2000);
    } catch {
      say(_("This browser does not let a page copy. Select the text instead."));
    }
  }
}

customElements.define("copy-button", CopyButton);
