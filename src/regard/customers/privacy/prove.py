"""Searching everything in PostgreSQL for somebody who should be gone: every column of every table of the workspace that holds text."""

from __future__ import annotations

from functools import reduce
from operator import or_
from typing import Any

from django.apps import apps
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Func, Q, TextField, Value
from django.db.models.functions import Cast

from regard.customers.privacy.needles import Needles

Fields = list["models.Field[Any, Any]"]
_TEXTS = (models.CharField, models.TextField, models.JSONField, models.BinaryField, ArrayField)
#: The bodies of the inbox are compressed: the ledger's keeper reads them.
_ELSEWHERE = {("ledger.InboxRow", "body")}
#: Patterns in one search: an expression of thousands of them is slow to build.
_AT_ONCE = 150


def hits(workspace: int, needles: Needles) -> dict[str, int]:
    """Table → rows in which one of the needles occurs; tables without any are left out."""
    found: dict[str, int] = {}
    for start in range(0, len(needles.plain), _AT_ONCE):
        some = Needles(needles.plain[start : start + _AT_ONCE])
        for model in apps.get_models():
            path = path_to_workspace(model)
            fields = texts(model)
            if path and fields and (count := _count(model, path, fields, workspace, some)):
                found[model._meta.db_table] = found.get(model._meta.db_table, 0) + count
    return found


def texts(model: type[models.Model]) -> Fields:
    """The columns of a model that may hold words."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, _TEXTS)
        and not (isinstance(field, models.CharField) and field.choices)
        and not (
            isinstance(field, ArrayField) and not isinstance(field.base_field, models.CharField | models.TextField)
        )
        and (model._meta.label, field.name) not in _ELSEWHERE
    ]


def path_to_workspace(model: type[models.Model], depth: int = 4) -> str:
    """How a row of this model is found from its workspace: a lookup over foreign keys, "" where it belongs to none."""
    ways: list[tuple[type[models.Model], str]] = [(model, "")]
    for _ in range(depth):
        further: list[tuple[type[models.Model], str]] = []
        for here, way in ways:
            for field in here._meta.concrete_fields:
                if field.name == "workspace_id" or (field.is_relation and field.name == "workspace"):
                    return f"{way}{field.attname}"
            for field in here._meta.concrete_fields:
                if field.is_relation and isinstance(field.related_model, type) and not field.null:
                    further.append((field.related_model, f"{way}{field.name}__"))
        ways = further
    return ""


def _count(model: type[models.Model], path: str, fields: Fields, workspace: int, needles: Needles) -> int:
    columns = {f"grep_{place}": _as_text(field) for place, field in enumerate(fields)}
    matching = reduce(or_, (Q(**{f"{name}__iregex": needles.postgres}) for name in columns))
    found: int = model._base_manager.filter(**{path: workspace}).annotate(**columns).filter(matching).count()
    return found


def _as_text(field: models.Field[Any, Any]) -> Func:
    if isinstance(field, models.BinaryField):
        return Func(F(field.name), Value("escape"), function="encode", output_field=TextField())
    return Cast(F(field.name), TextField())
