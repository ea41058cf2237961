// <coding-sheet>: the coding form judged while it is filled in. What a person typed meanwhile is never swapped away.

class CodingSheet extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const sent = () => new URLSearchParams(new FormData(form)).toString();
    let asked = "";
    form.addEventListener("htmx:beforeRequest", () => (asked = sent()));
    this.addEventListener("htmx:beforeSwap", (event) => {
      if (!form.isConnected || sent() === asked) return;
      event.detail.shouldSwap = false;
      form.dispatchEvent(new Event("input", { bubbles: true }));
    });
  }
}

customElements.define("coding-sheet", CodingSheet);
