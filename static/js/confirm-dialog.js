// Native dialogs: [data-opens] opens one, [data-close] closes it, form[data-confirm] asks before it is sent.
import { make } from "./dom.js";
import { _ } from "./words.js";

/** Asks a question in a modal dialog; resolves to whether the person said yes. */
export function ask(question, verb = _("Continue")) {
  const dialog = make(
    "dialog",
    { class: "dialog", "aria-labelledby": "ask-question" },
    make(
      "form",
      { method: "dialog", class: "dialog-body stack" },
      make("p", { id: "ask-question" }, question),
      make(
        "div",
        { class: "form-actions" },
        make("button", { class: "button primary", value: "yes" }, verb),
        make("button", { class: "button quiet", value: "no", autofocus: true }, _("Cancel")),
      ),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
  });
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest?.("[data-opens]");
  if (opener) document.getElementById(opener.dataset.opens)?.showModal();
  const closer = event.target.closest?.("[data-close]");
  if (closer) closer.closest("dialog")?.close();
  if (event.target instanceof HTMLDialogElement && event.target.open) event.target.close();
});

// Caught on the way down, so that htmx never sees a form whose question is not answered yet.
document.addEventListener(
  "submit",
  async (event) => {
    const form = event.target;
    if (!form.dataset.confirm || form.dataset.confirmed) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    const submitter = event.submitter;
    if (!(await ask(form.dataset.confirm, form.dataset.confirmVerb))) return;
    form.dataset.confirmed = "yes";
    form.requestSubmit(submitter);
    delete form.dataset.confirmed;
  },
  true,
);
