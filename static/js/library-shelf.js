// <library-shelf>: asks again as somebody types or chooses, keeps the address so that it can be shared, and counts what is chosen.

class LibraryShelf extends HTMLElement {
  connectedCallback() {
    this.form = this.querySelector("#library-form");
    this.leaving = new AbortController();
    const on = (target, name, act) => target.addEventListener(name, act, { signal: this.leaving.signal });
    on(this, "change", (event) => this.changed(event));
    on(this, "click", (event) => this.clicked(event));
    on(this, "htmx:afterSwap", (event) => this.swapped(event));
    on(document, "blotter:picked", () => this.count());
    this.asked = location.search;
    on(window, "popstate", () => location.search !== this.asked && location.reload()); // not where only the place in the page changed
    if (matchMedia("(max-width: 60rem)").matches) this.fold();
    if (matchMedia("(max-width: 48rem)").matches) this.querySelector("[data-many]").open = false;
    this.count();
  }

  disconnectedCallback() {
    this.leaving.abort();
  }

  /** A facet or an order was chosen: another page of history, as a link would be. */
  changed(event) {
    const box = event.target;
    if (box.matches("[data-pick]")) return this.count();
    if (box.form !== this.form || box.id === "q" || !box.name) return;
    if (box.name === "sort") this.form.querySelector("input[name=sort]")?.remove();
    this.another = true;
    this.form.requestSubmit();
  }

  clicked(event) {
    if (event.target.closest("[data-pick-none]")) {
      for (const box of this.boxes()) box.checked = false;
      return this.count();
    }
    const box = event.target.closest("[data-pick]");
    if (!box) return;
    if (event.shiftKey && this.last?.isConnected) this.choose(this.last, box);
    this.last = box;
    this.count();
  }

  choose(from, to) {
    const all = this.boxes();
    const [first, last] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
    const wanted = from.checked;
    for (const box of all.slice(first, last + 1)) if (box !== to) box.checked = wanted;
    if (to.checked !== wanted) queueMicrotask(() => { to.checked = wanted; this.count(); });
  }

  /** The part was replaced: the address says what is shown, and what is kept names the same question. */
  swapped(event) {
    if (event.detail.target?.id !== "shelf" && event.target?.id !== "shelf") return;
    const query = this.querySelector("#shelf").dataset.query;
    const address = query === "?" ? location.pathname : query;
    if (this.another) history.pushState(null, "", address);
    else history.replaceState(null, "", address);
    this.another = false;
    this.asked = location.search;
    for (const field of document.querySelectorAll("[data-here]")) field.value = query;
    if (this.folded !== undefined) this.fold(this.folded);
    this.count();
  }

  fold(open = false) {
    this.folded = open;
    const box = this.querySelector("[data-facets]");
    if (!box) return;
    box.open = open;
    box.addEventListener("toggle", () => { this.folded = box.open; });
  }

  boxes() {
    return [...this.querySelectorAll("[data-pick]")];
  }

  count() {
    const chosen = this.boxes().filter((box) => box.checked).length;
    const many = this.querySelector("#many");
    many.querySelector("[data-picked]").textContent = chosen;
    many.hidden = chosen === 0;
    this.classList.toggle("is-picking", chosen > 0);
  }
}

customElements.define("library-shelf", LibraryShelf);
