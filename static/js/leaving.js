// Signing out: what still waits on this device is said, and kept encrypted or removed, as the person chooses (C27).
import { make } from "./dom.js";
import { leave } from "./queue-link.js";
import { items, kept, piecesKept, removeAll } from "./queue-store.js";
import { _, several } from "./words.js";

const OVER = ["sealed", "twin", "torn"];

/** How many of the person's files, and of others', are here and not sealed. */
async function left() {
  if (indexedDB.databases && !(await indexedDB.databases()).some((one) => one.name === "blotter-phone")) return { mine: 0, others: 0 };
  const me = await kept("me");
  const unsealed = (await items()).filter((one) => !OVER.includes(one.state));
  const mine = unsealed.filter((one) => one.owner === me).length;
  return { mine, others: unsealed.length - mine, pieces: await piecesKept() };
}

function ask({ mine, others }) {
  const count = mine + others;
  const files = several("1 file that is not sealed is still on this device.", "{n} files that are not sealed are still on this device.", count);
  const theirs = others === count ? _("They belong to somebody else.") : several("{n} of them belong to somebody else.", "{n} of them belong to somebody else.", others);
  const said = [
    _("Kept, they stay here, encrypted, and are sent when their owner signs in again."),
    others ? theirs : "",
    _("Removed, only a gallery may still have them."),
  ];
  const choice = (value, words, kind) => make("button", { value, class: `button ${kind}` }, words);
  const dialog = make(
    "dialog",
    { class: "dialog", "aria-labelledby": "leaving" },
    make(
      "form",
      { method: "dialog", class: "dialog-body stack" },
      make("p", { id: "leaving", class: "notice-title" }, files),
      make("p", {}, said.filter(Boolean).join(" ")),
      make("div", { class: "stack" }, choice("keep", _("Keep them and sign out"), "primary big"), choice("remove", _("Remove them and sign out"), "big"), choice("stay", _("Stay signed in"), "quiet big")),
    ),
  );
  document.body.append(dialog);
  dialog.showModal();
  return new Promise((resolve) => {
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue || "stay");
    });
  });
}

function send(form, keep) {
  if (keep) form.append(make("input", { type: "hidden", name: "keep", value: "1" }));
  form.dataset.asked = "yes";
  form.requestSubmit();
}

async function signOut(form) {
  const found = await left().catch(() => ({ mine: 0, others: 0 }));
  if (!found.mine && !found.others) {
    await leave().catch(() => {});
    return send(form, false);
  }
  const chosen = await ask(found);
  if (chosen === "stay") return undefined;
  if (chosen === "remove") await removeAll();
  else await leave();
  return send(form, chosen === "keep");
}

document.addEventListener(
  "submit",
  (event) => {
    const form = event.target;
    if (!form.hasAttribute("data-sign-out") || form.dataset.asked || !globalThis.indexedDB) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    signOut(form);
  },
  true,
);
