"""Mails that fit a phone, from MJML."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import mrml
from django.template.loader import render_to_string


def mail_html(template: str, context: Mapping[str, Any]) -> str:
    """The template as HTML for mail programs. Nothing in it is fetched from elsewhere: mrml's own list of fonts is Google's."""
    return str(mrml.to_html(render_to_string(template, dict(context)), render_options=mrml.RenderOptions(fonts={})).content)
