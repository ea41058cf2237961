// Custom elements that only some pages hold: each comes with the first page, or the first piece of one, that it stands in.
const SOME = ["coding-sheet", "evidence-player", "library-map", "library-shelf", "mark-words", "report-editor", "story-board", "tag-lanes", "transcript-editor"];
const away = new Set(SOME);

// A script in the head, not import(): the page is not "loaded" before it is alive.
function bring(name) {
  away.delete(name);
  const script = document.createElement("script");
  script.type = "module";
  script.async = false;
  script.src = new URL(`./${name}.js`, import.meta.url).href;
  document.head.append(script);
}

function look(within) {
  for (const name of away) if (within.localName === name || within.querySelector?.(name)) bring(name);
}

look(document);
new MutationObserver((changes) => {
  for (const { addedNodes } of changes) for (const node of addedNodes) if (node.nodeType === Node.ELEMENT_NODE) look(node);
}).observe(document.body, { childList: true, subtree: true });
