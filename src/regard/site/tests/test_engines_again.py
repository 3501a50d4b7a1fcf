"""One process may have the engines, let them go, and have them again: the command line in a loop, benchmarks."""

import os
import subprocess
import sys

_TWICE = """
from regard.site.engines.start import engines, migrate
for _ in range(2):
    with engines("test"):
        migrate()
        from regard.workspace.models import Workspace
        print(Workspace.objects.count())
"""


def test_the_engines_can_be_had_again(tmp_path):
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("REGARD_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", _TWICE], env={**kept, "REGARD_DATA": str(tmp_path / "data")}, capture_output=True, text=True, timeout=200
    )  # fmt: skip
    assert done.stdout.split() == ["0", "0"], done.stderr[-2000:]
