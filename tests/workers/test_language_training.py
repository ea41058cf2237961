"""Training the classifier: parts, calibration, thresholds, and that the weights kept are those the script makes."""

from pathlib import Path

import numpy as np
import pytest

from tests.bench.warning import TEXTS
from workers.engines.language.classifier import FILE, classifier
from workers.engines.language.train import auc, calibrated, ece, fit, matrix, probabilities, read, thresholds


def posts(folder: Path, rows: int = 40) -> Path:
    lines = [",count,hate_speech,offensive_language,neither,class,tweet"]
    for number in range(rows):
        harmless = number % 4 == 0
        text = "what a beautiful day thank you" if harmless else "shut up you stupid bitch"
        lines.append(f"{number},3,0,{0 if harmless else 3},{3 if harmless else 0},{2 if harmless else 1},{text}")
    (folder / "labeled_data.csv").write_text("\n".join(lines), encoding="utf-8")
    return folder


def test_rows_go_to_parts_by_their_number(tmp_path: Path) -> None:
    parts = read(posts(tmp_path))
    assert [len(parts[name].texts) for name in ("dev", "test", "train")] == [4, 8, 28]
    assert parts["train"].truth.sum() == (parts["train"].labels != 2).sum()


def test_what_is_told_apart_gets_probabilities_apart(tmp_path: Path) -> None:
    part = read(posts(tmp_path))["train"]
    seen = matrix(part.texts)
    point = fit(seen, part.truth, 1.0)
    raw = seen @ point[:-1] + point[-1]
    slope, offset = calibrated(raw, part.truth)
    said = 1 / (1 + np.exp(-(slope * raw + offset)))
    assert auc(part.truth, said) == 1.0
    assert said[part.truth == 1].min() > 0.8 > 0.3 > said[part.truth == 0].max()


def test_a_folder_without_the_posts_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match=r"labeled_data\.csv"):
        read(tmp_path)


def test_auc_and_ece_by_hand() -> None:
    truth, said = np.array([1.0, 0.0, 1.0, 0.0]), np.array([0.9, 0.1, 0.4, 0.4])
    assert auc(truth, said) == pytest.approx(0.875)  # one pair tied of four
    assert ece(np.array([1.0, 0.0]), np.array([0.75, 0.75])) == pytest.approx(0.25)


def test_the_weights_are_small_and_a_byte_each() -> None:
    assert FILE.stat().st_size < 2_000_000
    assert classifier().abusive.weights.dtype == np.int8
    assert 0 < classifier().doubts < classifier().confirms < 1


@pytest.mark.skipif(not (TEXTS / "davidson_offensive").is_dir(), reason="the Davidson posts are not here")
def test_the_thresholds_kept_come_from_the_development_posts() -> None:
    parts = read(TEXTS / "davidson_offensive")
    assert thresholds(classifier().abusive, parts["dev"]) == pytest.approx((classifier().confirms, classifier().doubts))
    said = probabilities(classifier().abusive, parts["test"].texts)
    assert auc(parts["test"].truth, said) > 0.9
    assert ece(parts["test"].truth, said) < 0.05
