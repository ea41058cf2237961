"""The tree is that of RFC 6962: against published vectors, against its own definition, and as the database keeps it."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from app.core import ledger
from app.core.actor import machine
from app.core.db import transaction
from app.core.ledger import tree
from app.core.verifier import EMPTY_ROOT, Fault, Tree, check_consistency, check_inclusion, leaf_hash, node_hash
from tests.conftest import SHARED

VECTORS = SHARED / "data" / "interop" / "rfc6962_merkle" / "testdata"


def by_definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962 section 2.1, as it is written there."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaf_hash(leaves[0])
    half = 1
    while half * 2 < len(leaves):
        half *= 2
    return node_hash(by_definition(leaves[:half]), by_definition(leaves[half:]))


def vectors(kind: str) -> list[Path]:
    return sorted((VECTORS / kind).rglob("*.json"))


def test_the_shared_vectors_are_there_or_said_to_be_missing() -> None:
    if not VECTORS.exists():
        pytest.skip("shared test material is not here: interop/rfc6962_merkle")
    assert len(vectors("inclusion")) + len(vectors("consistency")) == 196


@pytest.mark.parametrize("path", vectors("inclusion"), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_inclusion_as_others_published_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [base64.b64decode(one) for one in case["proof"] or []]
    leaf, root = base64.b64decode(case["leafHash"]), base64.b64decode(case["root"])
    if case["wantErr"]:
        with pytest.raises(Fault):
            check_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)
    else:
        check_inclusion(leaf, case["leafIdx"], case["treeSize"], proof, root)


@pytest.mark.parametrize("path", vectors("consistency"), ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_consistency_as_others_published_it(path: Path) -> None:
    case = json.loads(path.read_text())
    proof = [base64.b64decode(one) for one in case["proof"] or []]
    roots = base64.b64decode(case["root1"]), base64.b64decode(case["root2"])
    if case["wantErr"]:
        with pytest.raises(Fault):
            check_consistency(case["size1"], case["size2"], proof, *roots)
    else:
        check_consistency(case["size1"], case["size2"], proof, *roots)


@given(st.lists(st.binary(max_size=8), max_size=70))
def test_a_growing_tree_has_the_root_of_the_definition(leaves: list[bytes]) -> None:
    grown = Tree()
    for leaf in leaves:
        grown.add(leaf_hash(leaf))
    assert grown.root() == by_definition(leaves)


@given(st.data())
def test_every_proof_holds_and_no_other(data: st.DataObject) -> None:
    """Inclusion and consistency over trees of every shape to 130, from the subtrees the database would keep."""
    size = data.draw(st.integers(1, 130))
    leaves = [bytes([number]) for number in range(size)]

    def over(spans: list[tuple[int, int]]) -> list[bytes]:
        return [by_definition(leaves[start:end]) for start, end in spans]

    place, old = data.draw(st.integers(0, size - 1)), data.draw(st.integers(1, size))
    root = by_definition(leaves)
    proof = over(tree.inclusion_spans(place, size))
    check_inclusion(leaf_hash(leaves[place]), place, size, proof, root)
    with pytest.raises(Fault):
        check_inclusion(leaf_hash(b"another"), place, size, proof, root)
    path = over(tree.consistency_spans(old, size)) if old < size else []
    check_consistency(old, size, path, by_definition(leaves[:old]), root)
    if old < size:
        with pytest.raises(Fault):
            check_consistency(old, size, path, by_definition([*leaves[: old - 1], b"another"]), root)


def test_a_span_is_made_of_complete_subtrees() -> None:
    assert tree.subtrees((0, 7)) == [(2, 0), (1, 2), (0, 6)]
    assert tree.subtrees((4, 7)) == [(1, 2), (0, 6)]
    with pytest.raises(ValueError, match="outside"):
        tree.inclusion_spans(7, 7)


def test_the_database_keeps_the_tree_of_its_events(app: Flask) -> None:
    assert (tree.size(), tree.root(0)) == (0, EMPTY_ROOT)
    grown = Tree()
    roots = []
    for number in range(21):
        with transaction():
            entry = ledger.record("core:thing:done", actor=machine("test"), subject_kind="thing", subject_id=number % 3)
        grown.add(bytes.fromhex(entry.leaf))
        roots.append(grown.root())
        assert tree.root(number + 1) == roots[-1]
    proofs = tree.inclusion(range(21), 21)
    events = {e.seq: e for n in range(3) for e in ledger.custody(subject_kind="thing", subject_id=n)}
    for place, proof in proofs.items():
        check_inclusion(leaf_hash(events[place + 1].canonical()), place, 21, proof, roots[-1])
    for old in range(22):
        check_consistency(old, 21, tree.consistency(old, 21), roots[old - 1] if old else EMPTY_ROOT, roots[-1])
    assert [e.nth for e in ledger.custody(subject_kind="thing", subject_id=1)] == [1, 2, 3, 4, 5, 6, 7]
