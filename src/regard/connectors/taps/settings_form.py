"""The settings of a tap as rows of a form. Secrets go in and are never sent out again."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.connectors.taps.known_taps import BY_KEY
from regard.connectors.taps.models import Connection
from regard.connectors.taps.settings_of import Setting, looks_secret

KINDS = {
    "text": gettext_lazy("text"),
    "number": gettext_lazy("number"),
    "yes": gettext_lazy("true or false"),
    "json": gettext_lazy("JSON"),
}
SPARE = 3
MOST = 200


@dataclass(frozen=True)
class Row:
    """One setting on the page. Of a secret that is kept, `kept` says so and `value` is empty."""

    index: int
    name: str = ""
    value: str = ""
    kind: str = "text"
    secret: bool = False
    kept: bool = False
    example: str = ""
    help: str = ""
    fault: str = ""

    @property
    def long(self) -> bool:
        return self.kind == "json" and not self.secret


def rows_of(connection: Connection, given: list[Setting]) -> list[Row]:
    """What is kept, what the tap is known or says to ask for, and some empty ones."""
    known = BY_KEY.get(connection.kind)
    asked = {one.name: one for one in known.settings} if known else {}
    told = _told(connection)
    rows = [_shown(0, setting, help=told.get(setting.name, ("", "", False))[1]) for setting in given]
    have = {setting.name for setting in given}
    rows += [
        Row(
            0,
            name=one.name,
            kind=one.kind,
            secret=one.secret,
            example=one.example,
            help=told.get(one.name, ("", "", False))[1],
        )
        for one in asked.values()
        if one.name not in have
    ]
    if not asked and not given:
        rows += [
            Row(0, name=name, kind=kind, help=help, secret=looks_secret(name))
            for name, (kind, help, needed) in told.items()
            if needed
        ]
    rows += [Row(0)] * SPARE
    return [replace(row, index=at) for at, row in enumerate(rows)]


def others(connection: Connection, rows: list[Row]) -> list[tuple[str, str]]:
    """Settings that the tap says it has besides: (name, what for)."""
    have = {row.name for row in rows}
    return [(name, help) for name, (_kind, help, _needed) in _told(connection).items() if name not in have]


def taken(given: Mapping[str, str], kept: list[Setting]) -> tuple[list[Setting], list[Row]]:
    """(settings that are good, rows as they were typed with their faults). A secret that was left empty stays as it is."""
    before = {setting.name: setting for setting in kept}
    good: dict[str, Setting] = {}
    rows: list[Row] = []
    for at in range(MOST):
        if f"name-{at}" not in given:
            break
        name, text, kind = (
            given[f"name-{at}"].strip(),
            given.get(f"value-{at}", "").strip(),
            given.get(f"kind-{at}", "text"),
        )
        secret = bool(given.get(f"secret-{at}"))
        if not name or given.get(f"drop-{at}"):
            if text and not given.get(f"drop-{at}"):
                rows.append(
                    Row(at, "", "" if secret else text, kind, secret, fault=_("Which setting is this? Give its name."))
                )
            continue
        old = before.get(name)
        if not text and old is not None and old.secret:
            good[name] = Setting(name, old.value, True)
            rows.append(_shown(at, good[name]))
            continue
        if not text:
            continue  # an optional setting that was left empty
        try:
            good[name] = Setting(name, value_of(text, kind), secret)
            rows.append(_shown(at, good[name]))
        except ValueError as fault:
            rows.append(Row(at, name, "" if secret else text, kind, secret, fault=str(fault)))
    try:
        for name, value in pasted(given.get("pasted", "")).items():
            secret = looks_secret(name, value) or (name in good and good[name].secret)
            good[name] = Setting(name, value, secret)
    except ValueError as fault:
        rows.append(Row(len(rows), name="", fault=str(fault)))
    return list(good.values()), rows


def value_of(text: str, kind: str) -> Any:
    """Raises ValueError with a sentence."""
    if kind == "number":
        if re.fullmatch(r"-?\d{1,18}", text):
            return int(text)
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise ValueError(_("“%(text)s” is no number.") % {"text": text[:40]}) from None
    if kind == "yes":
        if text.lower() in ("true", "yes", "1", "on", "false", "no", "0", "off"):
            return text.lower() in ("true", "yes", "1", "on")
        raise ValueError(_("Write true or false."))
    if kind == "json":
        try:
            return json.loads(text)
        except ValueError as fault:
            raise ValueError(_("This is no JSON: %(fault)s.") % {"fault": fault}) from None
    return text


def pasted(text: str) -> dict[str, Any]:
    """A whole config.json. Raises ValueError with a sentence."""
    if not text.strip():
        return {}
    found = value_of(text, "json")
    if not isinstance(found, dict):
        raise ValueError(_('Paste one JSON object: {"name": value, …}.'))
    return found


def _shown(at: int, setting: Setting, help: str = "") -> Row:
    value, kind = setting.value, "text"
    if isinstance(value, bool):
        kind, text = "yes", "true" if value else "false"
    elif isinstance(value, int | float):
        kind, text = "number", str(value)
    elif isinstance(value, str):
        text = value
    else:
        kind, text = "json", json.dumps(value, ensure_ascii=False, indent=1)
    return Row(at, setting.name, "" if setting.secret else text, kind, setting.secret, kept=setting.secret, help=help)


def _told(connection: Connection) -> dict[str, tuple[str, str, bool]]:
    """name → (kind, what for, whether it must be given), as the tap says it."""
    about = connection.about if isinstance(connection.about, dict) else {}
    properties, needed = about.get("properties"), about.get("required") or []
    found: dict[str, tuple[str, str, bool]] = {}
    for name, one in (properties if isinstance(properties, dict) else {}).items():
        if isinstance(one, dict):
            kinds = one.get("type") or []
            kinds = kinds if isinstance(kinds, list) else [kinds]
            kind = (
                "json"
                if {"object", "array"} & set(kinds)
                else "number"
                if {"integer", "number"} & set(kinds)
                else "yes"
                if "boolean" in kinds
                else "text"
            )
            found[str(name)] = (kind, str(one.get("description") or "")[:400], name in needed)
    return found
