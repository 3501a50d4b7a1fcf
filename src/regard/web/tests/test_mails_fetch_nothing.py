"""Whoever opens a mail of ours tells nobody by that."""

from __future__ import annotations

import re
from importlib.resources import files
from pathlib import Path

import pytest

from regard.web.mjml import mail_html

_TEMPLATES = sorted(str(one.relative_to(Path(str(files("regard"))))) for one in Path(str(files("regard"))).rglob("*.mjml"))


@pytest.mark.parametrize("template", _TEMPLATES)
def test_no_mail_fetches_anything_from_elsewhere(template: str) -> None:
    html = mail_html(template, {"text": "Hello", "brand": "Halcyon", "colour": "#0d5c63", "host": "https://halcyon.example"})
    fetched = re.findall(r"""(?:src|href)=["'](https?://[^"']+)|url\(["']?(https?://[^"')]+)""", html)
    assert "fonts.googleapis" not in html and not [one for one in fetched if not any("halcyon.example" in part for part in one)]
