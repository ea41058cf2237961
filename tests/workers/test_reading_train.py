"""How the pipeline's training text is read and made, on small invented files; a tiny training from end to end; the kept pipeline."""

import json
import os
import re
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
import spacy

from tests.conftest import shared
from workers.engines.reading import sentences
from workers.engines.reading.model import PIPELINE, pipeline
from workers.engines.reading.train import NAME, span_patterns
from workers.engines.reading.training.corpora import corpora, gum, gum_documents, wnut
from workers.engines.reading.training.fitting import LEARNED, NAMED
from workers.engines.reading.training.incidents import Writer, held_incidents, sample_of
from workers.engines.reading.training.measuring import names_by, scores
from workers.engines.reading.training.people import People, held_out
from workers.engines.reading.training.samples import Sample, misheard, renamed
from workers.engines.reading.training.values import pools

ROOT = Path(__file__).resolve().parents[2]
_GUM = """# sent_id = x-1
1\tTina\tTina\tPROPN\tNNP\t_\t0\troot\t_\tEntity=(8-person-new-sssss-cf2-1,2-coref-Tina_McKenzie
2\tMcKenzie\tMcKenzie\tPROPN\tNNP\t_\t1\tflat\t_\tEntity=8)|SpaceAfter=No
3\t,\t,\tPUNCT\t,\t_\t1\tpunct\t_\t_
4\ta\ta\tDET\tDT\t_\t5\tdet\t_\tEntity=(8-person-giv:act-sssss-cf2-2-appos-Tina_McKenzie
5\tcoach\tcoach\tNOUN\tNN\t_\t1\tappos\t_\tEntity=8)
6\tfrom\tfrom\tADP\tIN\t_\t7\tcase\t_\t_
7\tPerth\tPerth\tPROPN\tNNP\t_\t5\tnmod\t_\tEntity=(9-place-new-nnnnn-cf3-1-sgl-Perth)

"""
_WNUT = "I\tO\nown\tO\niPod\tB-product\n\t\nIBM\tB-corporation\nin\tO\nPerth\tB-location\n"


def test_only_named_mentions_of_gum_count_and_its_grammar_is_read(tmp_path: Path) -> None:
    path = tmp_path / "GUM_news_x.conllu"
    path.write_text(_GUM)
    (sample,) = gum(path)
    assert sample.tags == ("B-person", "I-person", "O", "O", "O", "O", "B-place")
    assert sample.spaces[1] is False
    assert sample.heads == (0, 0, 0, 4, 0, 6, 4)
    assert (sample.deps[0], sample.parts[1]) == ("ROOT", "NNP")


def test_speech_has_no_capitals_and_no_punctuation_and_keeps_its_grammar() -> None:
    words = ("Hi", ",", "Ann", "-", "Lee", "!")
    tags = ("O", "O", "B-person", "I-person", "I-person", "O")
    spoken = Sample(
        words, (False, True, False, False, False, True), tags, (0, 0, 5, 2, 2, 0), ("ROOT",) + ("x",) * 5
    ).as_speech()
    assert spoken.words == ("hi", "ann", "lee")
    assert spoken.tags == ("O", "B-person", "I-person")
    assert spoken.text == "hi ann lee"
    assert spoken.heads == (0, 0, 1)  # what hung on the exclamation mark hangs on what that hung on


def test_a_sentence_that_hangs_on_a_mark_keeps_one_root() -> None:
    spoken = Sample(("No", "…", "sir"), (True,) * 3, ("O",) * 3, (1, 1, 1), ("x", "ROOT", "y")).as_speech()
    assert spoken.heads == (0, 0)
    assert spoken.deps == ("ROOT", "y")


def test_products_of_wnut_count_as_nothing(tmp_path: Path) -> None:
    path = tmp_path / "w.conll"
    path.write_text(_WNUT)
    assert [s.tags for s in wnut(path)] == [("O", "O", "O"), ("B-organisation", "O", "B-place")]


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


def test_mishearing_leaves_the_number_of_names_and_renaming_puts_others_in() -> None:
    sample = Sample(("he", "saw", "daniel", "ortiz", "there"), (True,) * 5, ("O", "O", "B-person", "I-person", "O"))
    rng = Random(1)
    heard = [misheard(sample, rng) for _ in range(200)]
    assert all(len(one.spans()) == 1 for one in heard)
    assert len({one.words for one in heard}) > 10
    other = renamed(sample, lambda kind, words: f"Mai {kind}'s Le" if words == 2 else "x")
    assert other.words == ("he", "saw", "Mai", "person", "'s", "Le", "there")
    assert other.spans() == [(2, 6, "person")]


def test_our_own_text_says_what_it_marks_and_the_same_seed_writes_the_same() -> None:
    written = [marked for marked, _ in Writer("learn", 3).lines(300)]
    assert written == [marked for marked, _ in Writer("learn", 3).lines(300)]
    assert all(0 <= start < end <= len(line.text) for line in written for start, end, _ in line.spans)
    assert len({kind for line in written for _, _, kind in line.spans}) == 21
    assert "{" not in "".join(line.text for line in written)
    nlp = spacy.blank("en")
    for line in written:
        if all(start >= before for (_, before, _), (start, _, _) in pairwise(line.spans)):
            assert len(sample_of(nlp, line).spans()) == len(line.spans), line


def test_nothing_that_is_measured_on_is_trained_on() -> None:
    learn, held = (Writer(drawer, 5) for drawer in ("learn", "held"))
    trained = [name for _ in range(1000) for name in (learn.people.first(learn.rng), learn.people.last(learn.rng))]
    assert not any(held_out(part) for name in trained for part in re.split(r"[ -]", name))
    measured = [held.people.first(held.rng) for _ in range(50)]
    assert all(any(held_out(part) for part in re.split(r"[ -]", name)) for name in measured)
    for name, values in pools()["held"].items():
        if name not in {"types", "colours", "carriages", "bodies"}:  # what a street or a body is called is no name
            ours = {" ".join(v.split()).lower() for v in values.split(";")}
            theirs = {" ".join(v.split()).lower() for v in pools()["learn"][name].split(";")}
            assert not ours & theirs, name
    folder = ROOT / "workers/engines/reading/training"
    lines = [set((folder / f"lines_{drawer}.toml").read_text().splitlines()) for drawer in ("learn", "held")]
    assert not {line for line in lines[0] & lines[1] if "{" in line}
    assert {
        kind for one in held_incidents(1, 1) for line in one.writing + one.talk for _, _, kind in line.spans
    } >= set(LEARNED)


def test_names_come_from_many_origins() -> None:
    from workers.engines.reading.training.people import origins

    assert len(origins()) > 40
    people, rng = People(held=False), Random(2)
    assert len({people.full(rng) for _ in range(500)}) > 480


def test_the_score_counts_exact_spans_with_their_kinds() -> None:
    found = scores([({(0, 2, "person"), (5, 6, "place")}, {(0, 2, "person"), (5, 6, "person")})])
    assert found["all"] == {"p": 0.5, "r": 0.5, "f": 0.5, "n": 2}
    assert found["place"]["r"] == 0.0


def _data(folder: Path) -> Path:
    (folder / "gum" / "dep").mkdir(parents=True)
    (folder / "wnut17").mkdir()
    for number in range(5):
        (folder / "gum" / "dep" / f"GUM_news_{number}.conllu").write_text(_GUM * 30)
    for name in ("wnut17train.conll", "emerging.dev.conll", "emerging.test.annotated"):
        (folder / "wnut17" / name).write_text(_WNUT * 30)
    return folder


@pytest.mark.slow
def test_a_tiny_training_goes_from_the_texts_to_a_measured_pipeline_on_disk(tmp_path: Path) -> None:
    out = tmp_path / "pipeline"
    command = [sys.executable, "-m", "workers.engines.reading.train", str(_data(tmp_path / "data")), "--out", str(out)]
    options = ["--rounds", "3", "--lines", "20", "--width", "32", "--cores", "1"]
    done = subprocess.run(
        command + options,
        capture_output=True,
        text=True,
        timeout=240,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )
    assert done.returncode == 0, done.stderr
    figures = json.loads(done.stdout)
    assert figures["both-tests"]["written"]["all"]["n"] == 120
    assert figures["both-tests"]["written"]["all"]["f"] > 0.4  # it has seen these very sentences
    nlp = spacy.load(out)
    assert nlp.pipe_names == ["tok2vec", "tagger", "senter", "parser", "ner", "span_ruler"]
    assert nlp.meta["performance"]["precision"]["speech"].keys() == set(LEARNED)
    assert "McKenzie" not in (out / "vocab" / "strings.json").read_text()


def test_the_kept_pipeline_carries_its_measured_figures_and_is_small() -> None:
    meta = json.loads((PIPELINE / "meta.json").read_text())
    assert meta["name"] == NAME
    figures = meta["performance"]["figures"]
    assert set(LEARNED) == meta["performance"]["precision"]["written"].keys()
    card = (ROOT / "docs/models/reading.md").read_text()
    for part in ("gum-test", "wnut-test", "both-tests"):
        for form in ("written", "speech"):
            assert f"{figures[part][form]['all']['f']:.2f}" in card
    assert f"{figures['grammar']['written']['las']:.2f}" in card
    assert sum(path.stat().st_size for path in PIPELINE.rglob("*") if path.is_file()) < 15_000_000


def test_the_kept_pipeline_holds_no_words_of_its_sources_and_the_span_rules_of_today() -> None:
    words = json.loads((PIPELINE / "vocab" / "strings.json").read_text())
    assert not {"Ethnologue", "Senegal", "Kostunica", "Daniel"} & set(words)
    assert len(words) < 400
    assert pipeline().get_pipe("span_ruler").patterns == span_patterns()  # else: train --rules-only


def test_the_kept_pipeline_is_the_one_that_was_measured() -> None:
    """A part of GUM's test documents, measured again: the figures are those of these files."""
    samples = corpora(shared("data", "text"))["gum-test"]
    kept = json.loads((PIPELINE / "meta.json").read_text())["performance"]["figures"]["gum-test"]["written"]["all"]
    with pipeline().select_pipes(enable=["ner"]):
        assert names_by(pipeline(), samples, NAMED)["all"] == pytest.approx(kept, abs=0.002)


def test_sentences_are_told_apart_with_and_without_marks() -> None:
    written, spoken = (
        "He hit me. Then he ran to his car.",
        "okay do you have your license and registration yes sir here it is",
    )
    found = sentences([written, spoken, "", "hello"])
    assert [written[a:b] for a, b in found[0]] == ["He hit me.", "Then he ran to his car."]
    assert len(found[1]) >= 3
    assert found[2:] == [[], [(0, 5)]]
    assert all(first[1] <= second[0] for spans in found for first, second in pairwise(spans))
