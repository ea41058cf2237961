// What htmx could not do is said, not swallowed; background polling is marked, so that it never counts as a person.
import { csrfToken, say } from "./dom.js";
import { _ } from "./words.js";

function reason(answer) {
  const type = answer.getResponseHeader("Content-Type") ?? "";
  if (type.includes("json")) {
    const problem = JSON.parse(answer.responseText);
    return [problem.detail ?? problem.title, problem.remedy].filter(Boolean).join(" ");
  }
  const page = new DOMParser().parseFromString(answer.responseText, "text/html");
  return page.querySelector(".sheet-paper p")?.textContent.trim() || _("The server answered {status}.", { status: answer.status });
}

document.addEventListener("htmx:configRequest", ({ detail }) => {
  if (detail.verb !== "get") detail.headers["X-CSRFToken"] = csrfToken();
  detail.headers["X-Blotter-Page-Language"] = document.documentElement.lang;
  if (detail.verb === "get" && !detail.triggeringEvent) detail.headers["X-Blotter-Poll"] = "1";
});

document.addEventListener("htmx:responseError", ({ detail }) => {
  if (detail.xhr.status === 401) location.reload();
  else if (detail.requestConfig.verb !== "get") say(_("Not saved. {why}", { why: reason(detail.xhr) }));
});

document.addEventListener("htmx:sendError", ({ detail }) => {
  if (detail.requestConfig.verb !== "get") say(_("Not saved: the server cannot be reached. What you wrote is still here."));
});
