// Steps poll themselves (htmx, every 2 s). This keeps the focus across the swap and tells other panes when all is over.
let focused = "";

document.addEventListener("htmx:beforeSwap", ({ target }) => {
  const step = document.activeElement?.closest?.(".steps .step");
  focused = target.classList?.contains("steps") && step ? step.dataset.step ?? "" : "";
});

document.addEventListener("htmx:afterSettle", () => {
  if (focused) document.querySelector(`.steps [data-step="${CSS.escape(focused)}"] button`)?.focus();
  focused = "";
});

// A tab nobody looks at does not ask; it catches up when it is looked at again.
document.addEventListener("htmx:confirm", (event) => {
  if (event.target.classList?.contains("steps") && document.hidden && !event.detail.triggeringEvent) event.preventDefault();
});
