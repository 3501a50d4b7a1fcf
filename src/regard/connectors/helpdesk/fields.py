"""Title, priority, tags and owner, both ways. Each side is compared with what it was when both were told last: what changed there is followed,
what changed here is put, and where both did, ours is put after theirs was seen.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from regard.care.cases.models import Case
from regard.care.cases.weigh import suggest_priority
from regard.care.cases.work import NotPossible, give, note, rename, tag
from regard.care.queues.people import People
from regard.connectors.helpdesk.models import Ticket
from regard.connectors.helpdesk.states import BY, priority_name, priority_of
from regard.connectors.helpdesk.told import Told, User, plain
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.workspace.members.models import Member

#: Of a tag in Zendesk: small letters, and nothing but these.
_NO_PART_OF_A_TAG = re.compile(r"[^\w:/-]+")
LONGEST_TITLE, LONGEST_TAG = 160, 40


def there(told: Told) -> dict[str, Any]:
    return {"title": _digest(title_of(told)), "priority": told.priority, "tags": told.tags, "owner": told.assignee_id}


def here(case: Case) -> dict[str, Any]:
    return {"title": _digest(case.title), "priority": case.priority, "tags": case.tags, "owner": case.owner_id}


def title_of(told: Told) -> str:
    return " ".join(plain(told.subject).split())[:LONGEST_TITLE]


def tags_of(told: Told) -> list[str]:
    """Those that a case can have."""
    return [one for one in told.tags if len(one) <= LONGEST_TAG]


def colleague(case_unit: int, people: People, user: User | None) -> Member | None:
    """Whoever has an agent's address here, and works for the unit."""
    address = plain(user.email).casefold() if user is not None else ""
    found = next((one for one in people.members.values() if address and one.user.email.casefold() == address), None)
    return found if found is not None and people.covers(found.pk, case_unit) else None


def follow_fields(row: Ticket, case: Case, told: Told, users: Mapping[int, User], *, now: datetime) -> None:
    """What was changed there is changed here. Of two cases that were merged the one that goes on is called what it was."""
    seen, was = there(told), row.there
    row.there = seen
    if case.pk != row.case_id:
        return
    if not was:
        row.here = here(case)
        return
    changed_here = {name for name, value in here(case).items() if row.desk.puts and value != row.here.get(name)}
    changed = {name for name, value in seen.items() if value != was[name]} - (changed_here - {"tags"})
    if "title" in changed:
        rename(case, title_of(told), by=BY, now=now)
    if "priority" in changed:
        suggest_priority(case, priority_of(told.priority), by=BY, now=now)
    if "tags" in changed:
        _tag(row, case, told, was["tags"], now=now)
    if "owner" in changed:
        _give(case, users.get(told.assignee_id or 0), users.get(was["owner"] or 0), now=now)
    case = Case.objects.get(pk=case.pk)
    row.here = {**row.here, **{name: value for name, value in here(case).items() if name in changed - {"tags"}}}


def _tag(row: Ticket, case: Case, told: Told, was: list[str], *, now: datetime) -> None:
    """Theirs that are new, and not those that were taken off; what changed here meanwhile is still to be put."""
    mine, known = set(case.tags), set(row.here["tags"])
    for name in tags_of(told):
        if name not in was and name not in map(as_tag, mine):
            with suppress(NotPossible):  # the case has as many as it can
                tag(case, name, by=BY, now=now)
                known.add(name)
    for name in mine:
        if as_tag(name) in was and as_tag(name) not in told.tags:
            tag(case, name, by=BY, now=now, off=True)
            known.discard(name)
    row.here = {**row.here, "tags": sorted(known)}


def _give(case: Case, to: User | None, was: User | None, *, now: datetime) -> None:
    people = People(case.workspace_id)
    owner = colleague(case.unit_id, people, to)
    if owner is not None:
        give(case, owner, by=BY, now=now)
    elif to is not None:
        name_assignee(case, to, now=now)
    elif case.owner is not None and case.owner == colleague(case.unit_id, people, was):
        give(case, None, by=BY, now=now)


def name_assignee(case: Case, who: User, *, now: datetime) -> None:
    said = {"who": plain(who.name).replace("@", " ") or who.id, "unit": case.unit.name}
    note(case, _("In Zendesk it is assigned to %(who)s, who does not work for %(unit)s here.") % said, by=BY, now=now)


def changes(row: Ticket, case: Case, api: Zendesk) -> dict[str, Any]:
    """What was changed here and is not so there yet, as an update of the ticket."""
    if not row.there or not row.here or case.pk != row.case_id:
        return {}
    mine, found = here(case), dict[str, Any]()
    if mine["title"] not in (row.here["title"], row.there["title"]):
        found["subject"] = case.title
    if mine["priority"] != row.here["priority"] and priority_name(case.priority) != row.there["priority"]:
        found["priority"] = priority_name(case.priority)
    if (tags := _tags(row, case)) != row.there["tags"]:
        found["tags"] = tags
    if mine["owner"] != row.here["owner"]:
        found |= _assignee(row, case, api)
    return found


def _tags(row: Ticket, case: Case) -> list[str]:
    """A list that is put takes the place of the one that is there: so it is theirs, with what was added here and without what was taken off."""
    was, now = set(row.here["tags"]), set(case.tags)
    kept = {as_tag(one) for one in now}
    off = {as_tag(one) for one in was - now} - kept
    found = [one for one in row.there["tags"] if one not in off]
    return found + sorted({as_tag(one) for one in now - was} - set(found) - {""})


def _assignee(row: Ticket, case: Case, api: Zendesk) -> dict[str, int | None]:
    """The agent who has the owner's address; where nobody has it any more here, nobody, if it was theirs there."""
    if case.owner is not None:
        agent = api.agent(case.owner.user.email)
        return {"assignee_id": agent} if agent not in (None, row.there["owner"]) else {}
    was = Member.objects.filter(pk=row.here["owner"] or 0).select_related("user").first()
    return (
        {"assignee_id": None} if was and row.there["owner"] and api.agent(was.user.email) == row.there["owner"] else {}
    )


def as_tag(name: str) -> str:
    """As Zendesk spells it."""
    return _NO_PART_OF_A_TAG.sub("_", name.casefold()).strip("_")


def _digest(text: str) -> str:
    """Enough to see that it is another: what a ticket is called is kept with its case alone."""
    return hashlib.sha256(text.encode()).hexdigest()[:20]
