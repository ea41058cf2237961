"""A speaker model of a few kilobytes for tests: an ONNX file with seeded weights, written byte by byte.

It squares its input, averages over time and multiplies by a matrix: [1, frames, 80] in, [1, 16] out, as the real one does.
"""

import struct
from pathlib import Path

import numpy as np


def make(folder: Path) -> Path:
    """A pack's folder with the model and a manifest."""
    folder.mkdir(parents=True)
    weights = np.random.default_rng(80).standard_normal((80, 16)).astype(np.float32)
    nodes = [
        _node("Mul", ["feats", "feats"], ["squared"]),
        _node("ReduceMean", ["squared"], ["mean"], axes=[1], keepdims=0),
        _node("MatMul", ["mean", "weights"], ["embs"]),
    ]
    tensor = _ints(1, 80, 16) + _int(2, 1) + _bytes(8, b"weights") + _bytes(9, weights.tobytes())
    graph = b"".join(_bytes(1, node) for node in nodes) + _bytes(2, b"tiny") + _bytes(5, tensor)
    graph += _bytes(11, _value("feats", [1, "T", 80])) + _bytes(12, _value("embs", [1, 16]))
    model = _int(1, 8) + _bytes(8, _int(2, 13)) + _bytes(7, graph)
    (folder / "tiny.onnx").write_bytes(model)
    (folder / "manifest.json").write_text('{"name": "tiny", "files": {}}')
    return folder


def _node(kind: str, inputs: list[str], outputs: list[str], axes: list[int] | None = None, keepdims: int = 1) -> bytes:
    made = b"".join(_bytes(1, one.encode()) for one in inputs) + b"".join(_bytes(2, one.encode()) for one in outputs)
    made += _bytes(4, kind.encode())
    if axes is not None:
        made += _bytes(5, _bytes(1, b"axes") + _ints(8, *axes) + _int(20, 7))
        made += _bytes(5, _bytes(1, b"keepdims") + _int(3, keepdims) + _int(20, 2))
    return made


def _value(name: str, shape: list[int | str]) -> bytes:
    sizes = b"".join(_bytes(1, _int(1, size) if isinstance(size, int) else _bytes(2, size.encode())) for size in shape)
    return _bytes(1, name.encode()) + _bytes(2, _bytes(1, _int(1, 1) + _bytes(2, sizes)))


def _ints(field: int, *values: int) -> bytes:
    return b"".join(_int(field, value) for value in values)


def _int(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    made = b""
    while value > 127:
        made += struct.pack("B", value & 127 | 128)
        value >>= 7
    return made + struct.pack("B", value)
