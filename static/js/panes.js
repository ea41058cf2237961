// Panes (<details class="pane">) stand as sent on a wide screen; on a narrow one only [data-phone-open], or the first, is open; on
// paper all are.

const wide = matchMedia("(min-width: 56rem)");
const panes = [...document.querySelectorAll("details.pane")];
let onPaper = null;
const sent = new Map(panes.map((pane) => [pane, pane.open]));

function wanted() {
  const target = location.hash.length > 1 ? document.getElementById(decodeURIComponent(location.hash.slice(1))) : null;
  const marked = panes.filter((pane) => pane.hasAttribute("data-phone-open"));
  return [target?.closest("details.pane"), ...(marked.length ? marked : panes.slice(0, 1))];
}

function fold() {
  if (onPaper) return;
  const open = wanted();
  for (const pane of panes) pane.open = wide.matches ? sent.get(pane) : open.includes(pane);
}

wide.addEventListener("change", fold);
if (!wide.matches) fold();
document.documentElement.dataset.folded = ""; // until now the sheet showed none of what is folded: nothing jumps

// A link to something inside a folded pane unfolds it.
window.addEventListener("hashchange", () => {
  const pane = wanted()[0];
  if (pane) pane.open = true;
});

// The width of the paper is no reason to fold, and what was folded on screen is folded again afterwards.
window.addEventListener("beforeprint", () => {
  const lists = document.querySelectorAll(".pane details:not(:has(form))");
  onPaper ??= [...panes, ...lists].filter((pane) => !pane.open);
  for (const pane of onPaper) pane.open = true;
});
window.addEventListener("afterprint", () => {
  for (const pane of onPaper ?? []) pane.open = false;
  onPaper = null;
});
