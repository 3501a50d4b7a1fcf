"""What asks for a computed trait by its name: it cannot go, or be called otherwise, while something does."""

from __future__ import annotations

from collections.abc import Callable

from django.utils.translation import gettext as _

from regard.segments.definition import Trait, leaves_of
from regard.segments.models import Segment

#: What features above know of: workspace and name → what uses it, in words. `site/wiring.py` fills it.
USED_BY: list[Callable[[int, str], list[str]]] = []


def uses(workspace: int, name: str) -> list[str]:
    found = [
        _("the segment “%(name)s”") % {"name": segment.name}
        for segment in Segment.objects.filter(workspace_id=workspace, retired=None).exclude(definition=None)
        if (group := segment.group) and any(isinstance(leaf, Trait) and leaf.name == name for leaf in leaves_of(group))
    ]
    return found + [use for ask in USED_BY for use in ask(workspace, name)]
