"""A job that the queue does not know is never done, and nobody is told."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from django.conf import settings


def test_every_module_of_jobs_is_known_to_the_queue() -> None:
    root = Path(str(files("regard")))
    found = {".".join(["regard", *one.relative_to(root).with_suffix("").parts]) for one in root.rglob("jobs.py")}
    assert found == set(settings.PROCRASTINATE_IMPORT_PATHS)
