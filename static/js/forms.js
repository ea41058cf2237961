// Habits of forms: the cursor goes to the list of errors, filters send themselves, sign-out leaves nothing behind.

document.querySelector("[data-autofocus]")?.focus();

document.addEventListener("change", (event) => {
  const form = event.target.form;
  if (form?.hasAttribute("data-submit-on-change") && event.target.matches("select, [type=checkbox], [type=radio]")) {
    form.requestSubmit();
  }
});

// What an unfinished upload needs to go on (its address, the file's name and size) is forgotten when a person leaves.
document.addEventListener("submit", (event) => {
  if (!event.target.hasAttribute("data-sign-out")) return;
  for (const key of Object.keys(localStorage)) if (key.startsWith("tus::")) localStorage.removeItem(key);
  sessionStorage.clear();
});
