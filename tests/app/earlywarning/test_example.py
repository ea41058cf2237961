"""The worked example says what the engine says."""

from pathlib import Path

from tests.bench.warning_example import figures

PAGE = Path(__file__).resolve().parents[3] / "docs" / "early-warning-example.md"


def test_every_figure_of_the_worked_example_is_the_engines() -> None:
    page = " ".join(PAGE.read_text().split())
    assert {name: told for name, told in figures().items() if told not in page} == {}
