"""What a survey wears: its own colour, else the company's; the company's font and logo."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from time import monotonic
from typing import Any

from django.db.models import Q
from django.urls import reverse

from regard.listening.look.models import Font, Look
from regard.workspace.workspaces.models import Workspace

#: Of every device something stands in each list.
STACKS: dict[str, str] = {
    Font.SERIF: 'ui-serif, Charter, Georgia, Cambria, "Noto Serif", "Noto Naskh Arabic", serif',
    Font.ROUNDED: 'ui-rounded, "SF Pro Rounded", "Arial Rounded MT Bold", Nunito, Quicksand, system-ui, sans-serif',
    Font.HUMANIST: 'Seravek, "Gill Sans Nova", Ubuntu, Calibri, "DejaVu Sans", sans-serif',
    Font.GEOMETRIC: 'Avenir, Montserrat, Corbel, "URW Gothic", "Noto Sans", sans-serif',
}


_SECONDS = 10


@dataclass(frozen=True)
class Worn:
    colour: str = ""
    font: str = ""
    logo: str = ""  # the way to it, from the root of the host
    width: int = 0
    height: int = 0

    @property
    def stack(self) -> str:
        """The font as CSS writes it; "" for the device's own."""
        return STACKS.get(self.font, "")


def worn(workspace: int, colour: str = "") -> Worn:
    """`colour`: the survey's own. Every page asks for it: what changed in another process is worn some seconds later."""
    found = _worn(workspace, int(monotonic()) // _SECONDS)
    return replace(found, colour=colour) if colour else found


def forget() -> None:
    """After a change in this process."""
    _worn.cache_clear()


@lru_cache(maxsize=512)
def _worn(workspace: int, tick: int) -> Worn:
    columns = ("key", "colour", "font", "changed", "width", "height", "has")
    found = Look.objects.filter(pk=workspace).annotate(has=Q(logo__isnull=False)).values_list(*columns, named=True).first()
    if found is None:
        return Worn()
    address = f"{reverse('look:logo', args=[found.key])}?v={found.changed:%Y%m%d%H%M%S}" if found.has else ""
    return Worn(found.colour, found.font, address, found.width, found.height)


def wearing(workspace: Workspace, colour: str = "", *, colours: str | None = None) -> dict[str, Any]:
    """What a page for respondents is given of it. `colours`: its style sheet, where a token names that; else by what stands in it."""
    found = worn(workspace.pk, colour)
    if colours is None:
        named = found.colour.removeprefix("#") or "none"
        colours = f"{reverse('surveys:colours', args=[named])}?font={found.font}" if found.colour or found.stack else ""
    return {"brand": workspace.name, "look": found, "colours": colours}
