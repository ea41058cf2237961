// <coding-sheet>: the coding form judged while it is filled in. What a person typed meanwhile is never swapped away, and
// what they changed before the scripts were there is judged once they are.

const changed = (field) => {
  if (field.matches("select")) {
    const first = [...field.options].findIndex((option) => option.defaultSelected);
    return field.selectedIndex !== Math.max(first, 0);
  }
  if (field.matches("[type=checkbox]")) return field.checked !== field.defaultChecked;
  return field.matches("input") && field.value !== field.defaultValue;
};

class CodingSheet extends HTMLElement {
  connectedCallback() {
    const form = this.querySelector("form");
    const sent = () => new URLSearchParams(new FormData(form)).toString();
    const judge = () => form.dispatchEvent(new Event("input", { bubbles: true }));
    let asked = "";
    form.addEventListener("htmx:beforeRequest", () => (asked = sent()));
    this.addEventListener("htmx:beforeSwap", (event) => {
      if (!form.isConnected || sent() === asked) return;
      event.detail.shouldSwap = false;
      judge();
    });
    if (document.readyState === "complete") return;
    addEventListener("load", () => [...form.elements].some(changed) && judge(), { once: true });
  }
}

customElements.define("coding-sheet", CodingSheet);
