"""How a page stands: as wide as the screen, nothing cut, nothing on top of another; what a screen reader and the Tab key find."""

from typing import Any

from playwright.sync_api import Page

CONTROLS = {
    "button", "link", "textbox", "searchbox", "checkbox", "radio", "combobox", "listbox", "slider", "spinbutton", "switch",
    "tab", "menuitem", "Date", "DateTime", "InputTime", "ColorWell", "DisclosureTriangle", "dialog", "form", "region", "navigation", "progressbar",
    "table", "figure", "image", "meter", "group",
}  # fmt: skip
MAY_BE_NAMELESS = {"navigation", "form", "table", "figure", "region", "group"}  # alone of their kind they need no name

# Everything one can press or type into that is seen; a control inside a box that scrolls by itself may lie beyond its edge.
_STANDS = """() => {
  const said = [];
  const wide = document.documentElement.scrollWidth;
  const words = (one) => `${one.tagName.toLowerCase()}.${[...one.classList].join(".")} “${(one.innerText || one.value || one.getAttribute("aria-label") || "").trim().slice(0, 30)}”`;
  const scrolls = (one) => { for (let up = one.parentElement; up && up !== document.body; up = up.parentElement) { const s = getComputedStyle(up); if (/auto|scroll/.test(s.overflowX + s.overflowY) && !up.matches("main")) return true; if (up.matches(".visually-hidden, canvas, svg, .skip")) return true; } return false; };
  const seen = (one) => one.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && one.getClientRects().length && getComputedStyle(one).clipPath !== "inset(50%)" && !one.closest(".visually-hidden, .skip, [popover]:not(:popover-open)");
  if (wide > innerWidth) {
    const out = [...document.body.querySelectorAll("*")].filter((one) => seen(one) && !scrolls(one) && one.getBoundingClientRect().right > innerWidth + 1);
    said.push(`${wide} px wide on a screen of ${innerWidth}: ${out.slice(-3).map(words).join(", ")}`);
  }
  const controls = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [role=slider], [tabindex='0']")].filter(seen);
  for (const one of controls) {
    const { left, right } = one.getBoundingClientRect();
    if (!scrolls(one) && (left < -1 || right > innerWidth + 1)) said.push(`beyond the edge: ${words(one)}`);
    if (one.matches("button, .button, summary, .badge") && one.scrollWidth > one.clientWidth + 2 && getComputedStyle(one).display !== "inline" && getComputedStyle(one).textOverflow !== "ellipsis") said.push(`its words do not fit: ${words(one)}`);
  }
  for (const one of document.querySelectorAll("main :is(p, li, dd, dt, h1, h2, h3, td, th, span, label, .badge), header span")) {
    if (!seen(one) || !one.innerText?.trim()) continue;
    const style = getComputedStyle(one);
    if (/hidden|clip/.test(style.overflowY) && one.scrollHeight > one.clientHeight + 3 && style.display !== "inline") said.push(`cut: ${words(one)}`);
  }
  const room = (one) => { const main = one.closest("main"); return main && /auto|scroll/.test(getComputedStyle(main).overflowY) ? main : document.body; };
  const flat = controls.filter((one) => !scrolls(one) && !one.matches("input[type=file], [tabindex='0']:not(a, button)"));
  const boxes = flat.map((one) => one.getBoundingClientRect());
  const fixed = (one) => { for (let up = one; up; up = up.parentElement) if (/fixed|sticky|absolute/.test(getComputedStyle(up).position) && !up.matches("summary")) return true; return false; };
  for (let a = 0; a < flat.length; a++)
    for (let b = a + 1; b < flat.length; b++) {
      const [one, two] = [boxes[a], boxes[b]];
      const x = Math.min(one.right, two.right) - Math.max(one.left, two.left);
      const y = Math.min(one.bottom, two.bottom) - Math.max(one.top, two.top);
      if (x > 3 && y > 3 && room(flat[a]) === room(flat[b]) && !flat[a].contains(flat[b]) && !flat[b].contains(flat[a]) && !fixed(flat[a]) && !fixed(flat[b]) && !(flat[a].matches("a") && getComputedStyle(flat[a]).display === "inline"))
        said.push(`one on another: ${words(flat[a])} and ${words(flat[b])}`);
    }
  return said;
}"""

# What the focus is on: where, whether its mark is seen, whether something lies over it; null when it left the page.
_FOCUS = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  window.__seen ??= new Map();
  if (!window.__seen.has(one)) window.__seen.set(one, window.__seen.size);
  const style = getComputedStyle(one);
  const ring = (s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 1) || s.boxShadow !== "none";
  const marked = ring(style) || (one.matches("input") && one.parentElement && ring(getComputedStyle(one.parentElement))) || one.matches("iframe, video, audio");
  const box = one.getBoundingClientRect();
  const points = [[0.5, 0.5], [0.1, 0.5], [0.9, 0.5], [0.5, 0.15], [0.5, 0.85]].map(([x, y]) => [box.left + box.width * x, box.top + box.height * y]);
  const clear = points.some(([x, y]) => { const top = document.elementFromPoint(x, y); return top && (one.contains(top) || top.contains(one) || top.closest("label")?.contains(one)); });
  const name = (one.getAttribute("aria-label") || one.innerText || one.title || one.labels?.[0]?.innerText || one.id || "").trim().slice(0, 40);
  const inner = one.matches("iframe, video, audio, input[type*=date], input[type=time]"); // have stops of their own
  return { inner, at: window.__seen.get(one), what: `${one.tagName.toLowerCase()} “${name}”`, marked, clear: clear || box.width < 2 };
}"""
_REACHABLE = """() => [...document.querySelectorAll("a[href], button, input:not([type=hidden]), select, textarea, summary, [tabindex]")]
  .filter((one) => one.tabIndex >= 0 && !one.disabled && one.checkVisibility({ checkVisibilityCSS: true }) && !one.closest("[popover]:not(:popover-open), dialog:not([open])"))
  .filter((one) => one.type !== "radio" || one.checked || !document.querySelector(`input[name="${CSS.escape(one.name)}"]:checked`))
  .filter((one) => !window.__seen?.has(one))
  .filter((one, _, all) => one.type !== "radio" || ![...(window.__seen?.keys() ?? [])].some((seen) => seen.name === one.name))
  .map((one) => `not reached by Tab: ${one.tagName.toLowerCase()} “${(one.getAttribute("aria-label") || one.innerText || one.name || "").trim().slice(0, 40)}”`)"""


def stands(page: Page) -> list[str]:
    """What sticks out of the screen, is cut, or lies on another."""
    found: list[str] = page.evaluate(_STANDS)
    return found


def named(page: Page) -> list[str]:
    """What a screen reader would find without a name; landmarks and headings that are not there once."""
    tree: list[dict[str, Any]] = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]
    roles = [
        (one.get("role", {}).get("value", ""), str(one.get("name", {}).get("value", "")).strip(), one)
        for one in tree
        if not one.get("ignored")
    ]
    found = [f"a {role} without a name" for role, name, _ in roles if role in CONTROLS - MAY_BE_NAMELESS and not name]
    marks = [role for role, name, _ in roles if role == "navigation" and not name]
    found += ["two navigations without a name"] if len(marks) > 1 else []
    first = [name for role, name, one in roles if role == "heading" and _level(one) == 1]
    found += [] if len(first) == 1 and first[0] else [f"first headings: {first}"]
    mains = sum(role == "main" for role, _, _ in roles)
    return found + ([] if mains == 1 else [f"{mains} mains"])


def _level(one: dict[str, Any]) -> int:
    return next((part["value"]["value"] for part in one.get("properties", []) if part["name"] == "level"), 0)


def tabbed(page: Page, most: int = 250) -> list[str]:
    """Walks a page that was just opened by Tab from its top to its end: what is never reached, not marked, covered, or a trap."""
    page.evaluate("() => { window.__seen = new Map(); }")
    found, before = [], -1
    for _ in range(most):
        page.keyboard.press("Tab")
        at = page.evaluate(_FOCUS)
        if at is None or at["at"] < before:
            break
        if at["at"] == before and not at["inner"]:
            found.append(f"the focus does not leave {at['what']}")
            break
        before = at["at"]
        found += [] if at["marked"] else [f"no mark of the focus: {at['what']}"]
        found += [] if at["clear"] else [f"covered while it has the focus: {at['what']}"]
    else:
        found.append(f"no end after {most} steps")
    return found + page.evaluate(_REACHABLE)
