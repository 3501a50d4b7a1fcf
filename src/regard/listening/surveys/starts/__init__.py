"""Surveys to begin with, one file each."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

import yaml

from regard.listening.surveys.definition import Survey, read


@cache
def starts() -> dict[str, tuple[str, Survey]]:
    """Key → name and survey."""
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            given = yaml.safe_load(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".yaml")] = (str(given.pop("name")), read(given))
    return found
