"""Saving and removing computed traits, with what must hold of them."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from regard.ledger.touchpoints.models import Touchpoint
from regard.segments.computed.definition import Definition, touchpoint_of, written
from regard.segments.computed.models import ComputedTrait
from regard.segments.computed.queries import said_by_sources
from regard.segments.computed.refresh import put_in_force
from regard.segments.computed.uses import uses
from regard.segments.definition import BadDefinition

MOST = 100
#: What addresses and filters put between a trait's name and a value.
_MARKS = ":=!,"


class InUse(ValueError):
    """With a sentence that says what uses it."""


def save(trait: ComputedTrait, definition: Definition, *, name: str, actor: str, now: datetime) -> None:
    """Raises BadDefinition, ValidationError or InUse, each with a sentence that says what to change."""
    check(trait.workspace_id, definition)
    before = ComputedTrait.objects.get(pk=trait.pk).name if trait.pk else ""
    trait.name, trait.definition = name.strip(), written(definition)
    trait.made_by = trait.made_by or actor
    trait.full_clean()
    if trait.name != before:
        if before:
            _refuse_while_used(
                trait.workspace_id, before, _("“%(name)s” cannot be called otherwise: it is used by %(uses)s.")
            )
        _check_name(trait)
    put_in_force(trait, definition, actor=actor, now=now)


def remove(trait: ComputedTrait, *, actor: str) -> None:
    """Raises InUse."""
    _refuse_while_used(trait.workspace_id, trait.name, _("“%(name)s” is used by %(uses)s. Change these first."))
    trait.remove(actor=actor)


def check(workspace: int, definition: Definition) -> None:
    """Raises BadDefinition."""
    touchpoint = touchpoint_of(definition)
    if touchpoint and not Touchpoint.objects.filter(workspace_id=workspace, pk=min(touchpoint, 2**62)).exists():
        raise BadDefinition(_("There is no touchpoint of this number: %(number)s.") % {"number": touchpoint})


def _check_name(trait: ComputedTrait) -> None:
    if any(mark in trait.name for mark in _MARKS):
        raise ValidationError({"name": _("Leave out %(marks)s.") % {"marks": " ".join(_MARKS)}})
    if trait.pk is None and ComputedTrait.objects.filter(workspace_id=trait.workspace_id).count() >= MOST:
        raise ValidationError(_("A workspace has at most %(most)s computed traits.") % {"most": MOST})
    if known := said_by_sources(trait.workspace_id, trait.name):
        text = _("Your sources say a trait “%(name)s” already: call this one otherwise.")
        raise ValidationError({"name": text % {"name": known}})


def _refuse_while_used(workspace: int, name: str, text: str) -> None:
    if found := uses(workspace, name):
        raise InUse(text % {"name": name, "uses": ", ".join(found)})
