// <a data-copy-link href="…#s-…">: copies its whole address. Who opens it sees the sentence only with the right to its report.
import { say } from "./dom.js";
import { _ } from "./words.js";

/** Copies where `link` leads; where a page may not copy, follows it, so that the address bar has it. */
export async function copyLink(link) {
  try {
    await navigator.clipboard.writeText(link.href);
    say(_("The link to this sentence is copied. It opens only for who may see the report."));
  } catch {
    location.assign(link.href);
    say(_("This browser does not let a page copy. The link is in the address bar."));
  }
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[data-copy-link]");
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.button !== 0) return;
  event.preventDefault();
  copyLink(link);
});
