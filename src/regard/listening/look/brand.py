"""How messages that are no surveys look like the company's."""

from __future__ import annotations

from django.conf import settings

from regard.listening.answering.brand import on_colour
from regard.listening.look.worn import worn
from regard.outreach.templates.brand import Brand

_WIDEST = 240


def look_of(workspace: int) -> Brand:
    look = worn(workspace)
    host = settings.SURVEY_URL or settings.PUBLIC_URL
    plain = Brand()
    colour = look.colour or plain.colour
    return Brand(colour, on_colour(colour) or plain.on_colour, f"{host}{look.logo}" if look.logo else "", min(look.width, _WIDEST))
