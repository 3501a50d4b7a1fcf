"""What a role may do. One table; `site/permissions.py` says which page and endpoint needs what."""

from __future__ import annotations

from enum import StrEnum

from django.db import models
from django.utils.translation import gettext_lazy as _


class Right(StrEnum):
    READ = "read"  # scores and touchpoints
    CUSTOMERS = "customers"  # people: names, timelines, verbatims with their authors
    RECORD = "record"  # notes and contacts by hand
    IDENTITY = "identity"  # who is who: join customers, take them apart
    IMPORT = "import"  # bring data in, take it back, mend mappings
    CATALOGUE = "catalogue"  # touchpoints
    EXPORT = "export"
    PRIVACY = "privacy"  # give out, mend and take away what is kept of a customer; how long data is kept
    CONFIGURE = "configure"  # members, units, keys, sign-on
    OWN = "own"  # the workspace itself


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    ANALYST = "analyst", _("Analyst")
    MANAGER = "manager", _("Manager")
    AGENT = "agent", _("Agent")
    VIEWER = "viewer", _("Viewer")


_AGENT = frozenset({Right.READ, Right.CUSTOMERS, Right.RECORD})
RIGHTS: dict[str, frozenset[Right]] = {
    Role.OWNER: frozenset(Right),
    Role.ADMIN: frozenset(Right) - {Right.OWN},
    Role.ANALYST: _AGENT | {Right.IDENTITY, Right.IMPORT, Right.CATALOGUE, Right.EXPORT},
    Role.MANAGER: _AGENT | {Right.IDENTITY, Right.EXPORT},
    Role.AGENT: _AGENT,
    Role.VIEWER: frozenset({Right.READ}),
}

#: What touches every unit is for members at the root: an analyst of one store brings no data in for the whole company.
COMPANY_WIDE = frozenset({Right.IMPORT, Right.CATALOGUE, Right.CONFIGURE, Right.PRIVACY, Right.OWN})

#: Who may hand out a role: nobody gives more than they have.
RANK = [Role.VIEWER, Role.AGENT, Role.MANAGER, Role.ANALYST, Role.ADMIN, Role.OWNER]


def may_grant(giver: str, role: str) -> bool:
    return Right.CONFIGURE in RIGHTS[giver] and RANK.index(Role(giver)) >= RANK.index(Role(role))
