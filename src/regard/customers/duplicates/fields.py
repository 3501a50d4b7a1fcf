"""What is compared of two customers, and how."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

#: Sources that are no traits: the parts of the name, and the identifiers of a customer.
GIVEN, FAMILY, EMAIL, PHONE = "$given", "$family", "$email", "$phone"
_TITLES = {
    GIVEN: gettext_lazy("given name"), FAMILY: gettext_lazy("family name"), EMAIL: gettext_lazy("e-mail"), PHONE: gettext_lazy("phone")
}  # fmt: skip
MOST = 16


class How(StrEnum):
    NAME = "name"
    DATE = "date"
    NUMBER = "number"
    ADDRESS = "address"
    EMAIL = "email"
    EXACT = "exact"

    @property
    def label(self) -> str:
        return {
            How.NAME: _("as a name: similar spelling counts, rare names count more"),
            How.DATE: _("as a date: up to two digits may differ"),
            How.NUMBER: _("as a number or code: up to two characters may differ"),
            How.ADDRESS: _("as a street or place: similar spelling counts"),
            How.EMAIL: _("as an e-mail address"),
            How.EXACT: _("exactly, rare values count more"),
        }[self]


@dataclass(frozen=True)
class Field:
    source: str  # one of the above, or the name of a trait
    how: How

    @property
    def title(self) -> str:
        return titled(self.source)


def titled(source: str) -> str:
    return str(_TITLES.get(source, source.replace("_", " ")))


def read(kept: object) -> list[Field]:
    """Fields as they are kept in JSON; what is not one is left out."""
    found: dict[str, Field] = {}
    for one in kept if isinstance(kept, list) else []:
        if isinstance(one, dict) and isinstance(one.get("source"), str) and one.get("how") in list(How):
            found.setdefault(one["source"], Field(one["source"], How(one["how"])))
    return list(found.values())[:MOST]


def written(fields: Iterable[Field]) -> list[dict[str, Any]]:
    return [{"source": field.source, "how": field.how.value} for field in fields]
