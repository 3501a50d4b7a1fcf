"""How messages look like the company's: its colour and logo are known above, and `site/wiring.py` says how to ask for them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

_COLOUR = "#0d5c63"


@dataclass(frozen=True)
class Brand:
    colour: str = _COLOUR
    #: Of text on it.
    on_colour: str = "#ffffff"
    #: The address of the logo, and how large it is shown; "" where there is none.
    logo: str = ""
    width: int = 0


class _Brands:
    of: Callable[[int], Brand] = staticmethod(lambda workspace: Brand())


BRANDS = _Brands()
