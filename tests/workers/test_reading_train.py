"""How the name finder's training data is read, on small invented files; and that the kept pipeline has its figures."""

import json
from pathlib import Path

from workers.engines.reading.model import PIPELINE
from workers.engines.reading.train import Sample, gum, gum_documents, wnut

_GUM = """# sent_id = x-1
1\tTina\tTina\tPROPN\tNNP\t_\t0\troot\t_\tEntity=(8-person-new-sssss-cf2-1,2-coref-Tina_McKenzie
2\tMcKenzie\tMcKenzie\tPROPN\tNNP\t_\t1\tflat\t_\tEntity=8)|SpaceAfter=No
3\t,\t,\tPUNCT\t,\t_\t1\tpunct\t_\t_
4\ta\ta\tDET\tDT\t_\t5\tdet\t_\tEntity=(8-person-giv:act-sssss-cf2-2-appos-Tina_McKenzie
5\tcoach\tcoach\tNOUN\tNN\t_\t1\tappos\t_\tEntity=8)
6\tfrom\tfrom\tADP\tIN\t_\t7\tcase\t_\t_
7\tPerth\tPerth\tPROPN\tNNP\t_\t5\tnmod\t_\tEntity=(9-place-new-nnnnn-cf3-1-sgl-Perth)

"""


def test_only_named_mentions_of_gum_count(tmp_path: Path) -> None:
    path = tmp_path / "GUM_news_x.conllu"
    path.write_text(_GUM)
    (sample,) = gum(path)
    assert sample.tags == ("B-person", "I-person", "O", "O", "O", "O", "B-place")
    assert sample.spaces[1] is False


def test_speech_has_no_capitals_and_no_punctuation() -> None:
    sample = Sample(
        ("Hi", ",", "Ann", "-", "Lee", "!"), (True,) * 6, ("O", "O", "B-person", "I-person", "I-person", "O")
    )
    spoken = sample.as_speech()
    assert spoken.words == ("hi", "ann", "lee")
    assert spoken.tags == ("O", "B-person", "I-person")


def test_products_of_wnut_count_as_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.conll"
    path.write_text("I\tO\nown\tO\niPod\tB-product\n\t\nIBM\tB-corporation\n")
    assert [s.tags for s in wnut(path)] == [("O", "O", "O"), ("B-organisation",)]


def test_no_document_is_in_two_splits(tmp_path: Path) -> None:
    for genre in ("bio", "news"):
        for number in range(12):
            (tmp_path / f"GUM_{genre}_{number:02}.conllu").touch()
    splits = gum_documents(tmp_path)
    names = [path.name for paths in splits.values() for path in paths]
    assert len(names) == len(set(names)) == 24
    assert {path.name for path in splits["test"]} == {
        f"GUM_{g}_{n:02}.conllu" for g in ("bio", "news") for n in (1, 6, 11)
    }


def test_the_kept_pipeline_carries_its_measured_figures_and_is_small() -> None:
    performance = json.loads((PIPELINE / "meta.json").read_text())["performance"]
    for form in ("written", "speech"):
        assert {"person", "place", "organisation"} <= performance["both-tests"][form].keys()
    card = (PIPELINE / "MODEL_CARD.md").read_text()
    assert f"{performance['both-tests']['written']['all']['f']:.2f}" in card
    assert sum(path.stat().st_size for path in PIPELINE.rglob("*") if path.is_file()) < 6_000_000


def test_the_kept_pipeline_holds_no_words_of_its_sources() -> None:
    assert json.loads((PIPELINE / "vocab" / "strings.json").read_text()) == ["organisation", "person", "place"]
