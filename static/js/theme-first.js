// Runs before the first paint: the chosen theme goes on <html>, so that no page flashes white at night; and, where somebody
// looks at pages that way (chosen at /styles, for this window), their direction and the size of their text.
"use strict";
{
  const root = document.documentElement;
  const chosen = localStorage.getItem("blotter:theme");
  if (["light", "dark", "night"].includes(chosen)) {
    root.dataset.theme = chosen;
    if (sessionStorage.getItem("blotter:pictures") === "bright") root.dataset.pictures = "bright";
    const mast = getComputedStyle(root).getPropertyValue("--mast"); // the bar of the phone is part of the light in a car
    for (const meta of document.querySelectorAll('meta[name="theme-color"]')) meta.content = mast.trim();
  }
  const way = sessionStorage.getItem("blotter:dir");
  if (way === "rtl" || way === "ltr") root.dir = way;
  if (sessionStorage.getItem("blotter:text") === "200") root.style.fontSize = "200%";
}
