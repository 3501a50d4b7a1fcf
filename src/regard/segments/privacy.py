from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.segments.bulk.strike import strike_bulk
from regard.segments.computed.mirror import forget_computed
from regard.segments.computed.queries import worked_out
from regard.segments.consents.mirror import forget_consents
from regard.segments.finding.mirror import forget_words
from regard.segments.members.mirror import forget_members
from regard.segments.mirror import forget_profiles
from regard.segments.queries import history_of
from regard.segments.restrained.mirror import forget_restraints
from regard.segments.suppressed.mirror import forget_suppressed
from regard.warehouse.scope import Scope


def _count(subject: Subject) -> int:
    return len(history_of(Scope(subject.workspace), subject.profiles))


def _export(subject: Subject) -> Iterator[Section]:
    rows = history_of(Scope(subject.workspace), subject.profiles)
    yield Section("segments", ({"segment": name, "at": at, "entered": entered} for name, at, entered in rows))
    worked = worked_out(Scope(subject.workspace), [subject.customer])[subject.customer]
    known = {name: one.value for name, one in worked.items() if one.value is not None}
    yield Section("computed_traits", ({"trait": name, "value": value} for name, value in known.items()))


def _erase(taken: Taken) -> int:
    copies = (
        forget_profiles,
        forget_words,
        forget_consents,
        forget_suppressed,
        forget_restraints,
        forget_members,
        forget_computed,
    )
    went = sum(forget(taken.workspace, taken.profiles) for forget in copies)
    return went + strike_bulk(taken.workspace, taken.needles)


KEEPER = Keeper(
    "segments", _("Segments they were in, and their copy in the engine"),
    ("ledger:segment_members", "ledger:people", "ledger:consents", "ledger:suppressed", "ledger:restraints", "ledger:words", "ledger:computed",
     "segments.BulkAction"), _count, _export, _erase,
)  # fmt: skip
