"""Devices in the words people have for them."""

import pytest

from app.accounts.devices import in_words

KNOWN = {
    "Mozilla/5.0 (Linux; Android 14; SM-G998B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.6478.122 Mobile Safari/537.36": "Chrome 126, Android",
    "Mozilla/5.0 (Linux; Android 13; SAMSUNG SM-S911U) AppleWebKit/537.36 SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36": "Samsung Internet 25, Android",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1": "Safari 17, iPhone",
    "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Safari/605.1.15": "Safari 17, macOS",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36 Edg/126.0.0.0": "Edge 126, Windows",
    "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0": "Firefox 127, Linux",
}


@pytest.mark.parametrize(("said", "words"), KNOWN.items(), ids=KNOWN.values())
def test_browsers_go_by_their_name_and_system(said: str, words: str) -> None:
    assert in_words(said) == words


@pytest.mark.parametrize("said", ["", "python-requests/2.34.2", "Dock 4 of the north station", "Chrome/x (Linux)"])
def test_what_is_no_known_browser_is_shown_as_it_names_itself(said: str) -> None:
    assert in_words(said) == said
