// What this person opened last, for the command palette. It stays in this tab's session store and no longer: it is dropped at
// sign-out, and when somebody else signs in here (C27).
const PREFIX = "blotter:recent:";
const MOST = 8;
const officer = document.body.dataset.officer ?? "";
const KINDS = { incidents: "incident", reports: "report", evidence: "recording" };

/** The last opened, newest first, each {kind, words, told, address}. */
export function recent() {
  try {
    return JSON.parse(sessionStorage.getItem(PREFIX + officer)) ?? [];
  } catch {
    return [];
  }
}

/** Puts `one` first. */
export function remember(one) {
  if (!officer) return;
  const rest = recent().filter((each) => each.address !== one.address);
  try {
    sessionStorage.setItem(PREFIX + officer, JSON.stringify([one, ...rest].slice(0, MOST)));
  } catch {
    // A browser without room remembers nothing: nobody needs it.
  }
}

function forgetOthers() {
  if (!officer && location.pathname !== "/sign-in") return;
  for (const key of Object.keys(sessionStorage)) if (key.startsWith(PREFIX) && key !== PREFIX + officer) sessionStorage.removeItem(key);
}

forgetOthers();
const here = location.pathname.match(/^\/(incidents|reports|evidence)\/[0-9a-f-]{36}$/);
const heading = document.querySelector("h1")?.textContent.replace(/\s+/g, " ").trim();
if (here && heading && document.body.matches(".site")) remember({ kind: KINDS[here[1]], words: heading, told: "", address: location.pathname });
