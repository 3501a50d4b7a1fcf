"""Becomes the tap, which then dies with the server that started it. Run as a script of its own, never imported: nothing of Regard is here.

python -I -S launch.py PARENT EXECUTABLE ARGUMENTS…
"""

import ctypes
import os
import resource
import signal
import sys

_PR_SET_PDEATHSIG = 1

if __name__ == "__main__":
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != int(sys.argv[1]):  # it died in between
        sys.exit(70)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a dump would hold the settings
    try:
        os.execv(sys.argv[2], sys.argv[2:])  # noqa: S606 - the very purpose
    except OSError as problem:
        print(f"{sys.argv[2]} cannot be started: {problem.strerror}", file=sys.stderr)
        sys.exit(127)
