// <library-map data-points data-tiles data-by>: points on a map. Without tiles by setting nothing lies behind, and nobody is asked.
class LibraryMap extends HTMLElement {
  connectedCallback() {
    const L = window.L;
    if (!L || this.map) return;
    const points = JSON.parse(this.dataset.points);
    const ground = document.createElement("div");
    ground.className = "library-map-ground";
    ground.style.background = "var(--sunk)"; // Leaflet's own sheet has a light ground, day and night
    this.append(ground);
    const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.map = L.map(ground, { preferCanvas: false, zoomAnimation: !still, fadeAnimation: !still, attributionControl: Boolean(this.dataset.tiles), maxZoom: 19 });
    if (this.dataset.tiles) {
      this.map.attributionControl.setPrefix(false);
      L.tileLayer(this.dataset.tiles, { attribution: this.escaped(this.dataset.by), maxZoom: 19 }).addTo(this.map);
    }
    this.map.fitBounds(L.latLngBounds(points.map((one) => [one.lat, one.lon])).pad(0.2), { maxZoom: 16, animate: false });
    for (const one of points) this.mark(L, one);
    L.control.scale({ imperial: true }).addTo(this.map);
  }

  mark(L, one) {
    const link = document.createElement("a");
    link.href = one.url;
    link.textContent = one.title;
    const words = document.createElement("p");
    words.append(link, ` ${one.number}, ${new Date(one.at).toLocaleString()}`);
    const mark = L.circleMarker([one.lat, one.lon], { radius: 8, weight: 2, className: "library-point" }).bindPopup(words).addTo(this.map);
    const shape = mark.getElement();
    shape.setAttribute("tabindex", "0");
    shape.setAttribute("role", "button");
    shape.setAttribute("aria-label", `${one.title}, ${one.number}`);
    shape.addEventListener("keydown", (event) => {
      if (event.key === "Enter" || event.key === " ") {
        event.preventDefault();
        mark.openPopup();
        link.focus();
      }
    });
  }

  escaped(text) {
    const span = document.createElement("span");
    span.textContent = text ?? "";
    return span.innerHTML;
  }

  disconnectedCallback() {
    this.map?.remove();
    this.map = undefined;
  }
}

// Leaflet comes with the page of the map only; this module may be read before it.
if (document.readyState === "complete") customElements.define("library-map", LibraryMap);
else addEventListener("load", () => customElements.define("library-map", LibraryMap), { once: true });
