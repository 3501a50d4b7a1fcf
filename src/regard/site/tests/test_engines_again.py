"""One process may have the engines, let them go, and have them again: the command line in a loop, benchmarks."""

import subprocess
import sys

from regard.testing.server import new_server

_TWICE = """
from regard.site.engines.start import engines, migrate
for _ in range(2):
    with engines("test"):
        migrate()
        from regard.workspace.models import Workspace
        print(Workspace.objects.count())
"""


def test_the_engines_can_be_had_again():
    with new_server() as server:
        done = subprocess.run(
            [sys.executable, "-c", _TWICE], env=server.variables, capture_output=True, text=True, timeout=200
        )
    assert done.stdout.split() == ["0", "0"], done.stderr[-2000:]
