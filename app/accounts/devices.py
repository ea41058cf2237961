"""A device as people call it, from what its browser says of itself (the User-Agent header, RFC 9110, 10.1.5)."""

import re

_BROWSERS = (  # the first that fits: most say that they are Chrome or Safari too
    ("Edge", r"Edg(?:A|iOS)?/(\d+)"),
    ("Opera", r"OPR/(\d+)"),
    ("Samsung Internet", r"SamsungBrowser/(\d+)"),
    ("Firefox", r"(?:Firefox|FxiOS)/(\d+)"),
    ("Chrome", r"(?:HeadlessChrome|Chrome|CriOS)/(\d+)"),
    ("Safari", r"Version/(\d+)[\d.]* (?:Mobile/\S+ )?Safari"),
)
_SYSTEMS = (
    ("iPhone", r"\biPhone\b"),
    ("iPad", r"\biPad\b"),
    ("Android", r"\bAndroid\b"),
    ("Windows", r"\bWindows\b"),
    ("ChromeOS", r"\bCrOS\b"),
    ("macOS", r"\bMac OS X\b"),
    ("Linux", r"\bLinux\b"),
)


def in_words(said: str) -> str:
    """ "Chrome 126, Android"; what is no browser, or one that nobody knows, as it names itself. Names only, so that it
    reads the same in every language."""
    browser = next((f"{name} {found[1]}" for name, shape in _BROWSERS if (found := re.search(shape, said))), "")
    system = next((name for name, shape in _SYSTEMS if re.search(shape, said)), "")
    return f"{browser}, {system}" if browser and system else said
