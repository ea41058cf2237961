// Runs before the first paint: the chosen theme goes on <html>, so that no page flashes white at night.
"use strict";
{
  const chosen = localStorage.getItem("blotter:theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
}
