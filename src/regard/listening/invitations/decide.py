"""Whether somebody is asked: the programme's own restraints first, then the contact policy. Each answer is kept with its reason.

A batch is decided and logged in one transaction; whoever is allowed has a message queued when it ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from itertools import starmap
from typing import NamedTuple
from zlib import crc32

from django.db import connection, transaction
from django.db.models import F, FloatField, QuerySet, TextField, Value
from django.db.models.expressions import Combinable
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce, Extract

from regard.customers.contact.arrays import ints
from regard.customers.contact.claim_contact import claim_contact
from regard.customers.contact.log.models import Sender
from regard.customers.contact.queries import asked
from regard.customers.contact.quiet.next_allowed import Window, next_allowed
from regard.customers.contact.verdict import Because, Outcome
from regard.listening.invitations import models as why
from regard.listening.invitations.enough import Enough, precise_groups
from regard.listening.invitations.models import Invitation
from regard.listening.programmes.models import Programme
from regard.outreach.messages.models import Addressed, queue
from regard.segments.queries import members_among
from regard.warehouse.scope import Scope

_BATCH = 20_000
#: Where another channel may do.
_OF_THE_CHANNEL = frozenset(
    {Because.NO_ADDRESS, Because.SUPPRESSED, Because.WITHDRAWN, Because.NO_CONSENT, Because.UNCONFIRMED}
)
_LOCK = 7217
_DAY = timedelta(days=1).total_seconds()


@dataclass(slots=True)
class Decision:
    """`until`: they wait until then. Without it and without `because`, they are asked by `channel` at `address`."""

    because: str = ""
    sentence: str = ""
    until: datetime | None = None
    channel: str = ""
    address: str = ""

    @property
    def kind(self) -> tuple[str, str, datetime | None, str]:
        """All but whose address it is."""
        return self.because, self.sentence[:300], self.until, self.channel


def decide_due(workspace: int, *, now: datetime) -> int:
    """Decide a batch of those that are due, the most important programme first. Returns how many it looked at."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("select pg_advisory_xact_lock(%s, %s)", [_LOCK, workspace])
        programme = next((one for one in _awake(workspace) if _due(one, now).exists()), None)
        if programme is None:
            return 0
        batch = candidates(programme, due=now, most=_BATCH)
        decisions = decide(programme, batch, now=now)
        _keep(programme, batch, decisions, now)
    return len(batch)


def _awake(workspace: int) -> QuerySet[Programme]:
    """Also those that ended: what still waits in them is told so."""
    known = Programme.objects.filter(workspace=workspace, paused=None).exclude(launched=None)
    return known.select_related("purpose", "workspace", "survey").order_by("priority", "id")


def _due(programme: Programme, now: datetime) -> QuerySet[Invitation]:
    return Invitation.objects.filter(programme=programme, decided=None, due__lte=now)


class Candidate(NamedTuple):
    """What deciding looks at of an invitation: a million of them are read. `group` is the one whose answers are to be precise enough."""

    pk: int
    profile: int
    cause: str
    happened: float  # in seconds since 1970: read in half the time
    wave: int
    group: str


def candidates(programme: Programme, *, due: datetime, most: int) -> list[Candidate]:
    """Those that are due by then, the longest waiting first."""
    found = _due(programme, due).annotate(group=_group(programme), at=_EPOCH).order_by("due", "id")
    return list(starmap(Candidate, found.values_list("pk", "profile_id", "cause", "at", "wave", "group")[:most]))


_EPOCH = Cast(Extract("happened", "epoch"), FloatField())


def _group(programme: Programme) -> Combinable:
    match programme.margin_by.partition(":"):
        case ("unit" | "touchpoint" as of, _, _):
            return Coalesce(F(f"{of}__name"), Value(""))
        case ("trait", _, name):
            return Coalesce(KeyTextTransform(name, "profile__traits"), Value("", TextField()))
    return Value("")


def decide(
    programme: Programme, batch: Sequence[Candidate], *, now: datetime, rehearsal: Enough | None = None
) -> dict[int, Decision]:
    """Those who are allowed are in the log of contacts when it returns. A rehearsal knows itself what is precise enough."""
    deciding = _Deciding(programme, now, {one.pk: one for one in batch}, rehearsal)
    if programme.ended:
        deciding.refuse(list(deciding.open), why.ENDED)
    for step in _STEPS:
        if deciding.open:
            step(deciding)
    return deciding.decisions


@dataclass
class _Deciding:
    programme: Programme
    now: datetime
    open: dict[int, Candidate]
    rehearsal: Enough | None
    decisions: dict[int, Decision] = field(default_factory=dict)

    def refuse(self, ids: Sequence[int], because: str, sentence: str = "") -> None:
        for id in ids:
            self.decisions[id] = Decision(because, sentence)
            del self.open[id]

    def delay(self, id: int, because: str, until: datetime, sentence: str = "") -> None:
        """Unless they would be asked too late then."""
        one = self.open.pop(id)
        if until.timestamp() - one.happened > self.programme.fresh.total_seconds() + _DAY:
            self.decisions[id] = Decision(because, sentence)
        else:
            self.decisions[id] = Decision(because, sentence, until)


def _stale(of: _Deciding) -> None:
    # a delay of the policy may take it a little further
    earliest = of.now.timestamp() - of.programme.fresh.total_seconds() - _DAY
    of.refuse([id for id, one in of.open.items() if one.happened < earliest], why.STALE)


def _audience(of: _Deciding) -> None:
    if of.programme.segment_id is None:
        return
    scope = Scope(of.programme.workspace_id)
    inside = members_among(scope, of.programme.segment_id, {one.profile for one in of.open.values()})
    of.refuse([id for id, one in of.open.items() if one.profile not in inside], why.AUDIENCE)


def _sample(of: _Deciding) -> None:
    """By the cause, so that it comes out the same however often it is worked out."""
    if of.programme.share >= 100:
        return
    most = int(of.programme.share * 100)
    out = [id for id, one in of.open.items() if crc32(f"{of.programme.pk} {one.cause}".encode()) % 10_000 >= most]
    of.refuse(out, why.SAMPLED)


def _enough(of: _Deciding) -> None:
    if of.programme.margin is None:
        return
    precise = of.rehearsal or precise_groups(of.programme, now=of.now)
    of.refuse([id for id, one in of.open.items() if precise.covers(one.group, one.wave)], why.ENOUGH)


_ASKED_SINCE = """
select profile_id from listening_invitation where programme_id = %s and because = '' and decided > %s and profile_id = any(%s::bigint[])
"""


def _recent(of: _Deciding) -> None:
    """Asked by this programme not long ago, or twice in this batch: the first one counts."""
    people = [one.profile for one in of.open.values()]
    rest = timedelta(days=of.programme.rest_days)
    if of.programme.kind == "relationship":
        rest = min(rest, timedelta(days=1))  # their clock has said so already
    with connection.cursor() as cursor:
        cursor.execute(_ASKED_SINCE, [of.programme.pk, of.now - rest, ints(people)])
        people_asked = {profile for (profile,) in cursor.fetchall()}
    out = []
    for id, one in of.open.items():
        if one.profile in people_asked:
            out.append(id)
        elif of.programme.rest_days:
            people_asked.add(one.profile)
    of.refuse(out, why.RECENT)


def _window(of: _Deciding) -> None:
    """At an hour for it where they are."""
    programme = of.programme
    shut = closed(programme)
    if not shut:
        return
    known = asked(programme.workspace_id, [one.profile for one in of.open.values()])
    opens: dict[str, datetime | None] = {}
    for id, one in list(of.open.items()):
        zone = known.zone_of(known.customer.get(one.profile, 0))
        if zone.key not in opens:
            opens[zone.key] = next_allowed(of.now, shut, zone)
        when = opens[zone.key]
        if when is None or when > of.now:
            of.delay(id, why.WINDOW, when or of.now + timedelta(days=1))


def closed(programme: Programme) -> list[Window]:
    """The window for sending, as the hours at which it is shut."""
    start, end, every = programme.window_start, programme.window_end, frozenset(range(7))
    shut = [Window(every, end, start)] if start != end else []
    others = every - frozenset(programme.window_days)
    return shut + ([Window(others, time.min, time.min)] if others else [])


def _cap(of: _Deciding) -> None:
    if of.programme.daily_cap is None:
        return
    midnight = of.now.astimezone(of.programme.workspace.zone).replace(hour=0, minute=0, second=0, microsecond=0)
    today = Invitation.objects.filter(programme=of.programme, because="", decided__gte=midnight).count()
    left = max(of.programme.daily_cap - today, 0)
    for id in list(of.open)[left:]:
        of.delay(id, why.CAP, midnight + timedelta(days=1))


def _policy(of: _Deciding) -> None:
    """By the first channel that they can be asked by."""
    programme = of.programme
    waiting = dict(of.open)
    for place, channel in enumerate(programme.channels):
        last = place == len(programme.channels) - 1
        verdicts = claim_contact(
            programme.workspace_id, [one.profile for one in waiting.values()], purpose=programme.purpose.key, channel=channel, now=of.now,
            sender=Sender("survey", str(programme.pk)), rehearsed=of.rehearsal is not None,
        )  # fmt: skip
        following = {}
        for (id, one), verdict in zip(list(waiting.items()), verdicts, strict=True):
            if verdict.allowed:
                of.decisions[id] = Decision(channel=channel, address=verdict.address)
                del of.open[id]
            elif verdict.because in _OF_THE_CHANNEL and not last:
                following[id] = one
            elif verdict.outcome is Outcome.DELAYED and verdict.until is not None:
                of.delay(id, verdict.because, verdict.until, verdict.sentence)
            else:
                of.decisions[id] = Decision(verdict.because, verdict.sentence)
                del of.open[id]
        waiting = following
        if not waiting:
            return


_STEPS: tuple[Callable[[_Deciding], None], ...] = (_stale, _audience, _sample, _recent, _enough, _window, _cap, _policy)

#: What was decided is one of a few, and each has very many invitations.
_KEEP = """
update listening_invitation i set
    due = coalesce(kind.until, i.due), decided = case when kind.until is null then %(now)s end, because = kind.because, sentence = kind.sentence,
    channel = kind.channel, expires = case when kind.until is null and kind.because = '' then %(expires)s end
from unnest(%(ids)s::bigint[], %(kinds)s::int[]) as given(id, kind)
join unnest(%(because)s::text[], %(sentences)s::text[], %(untils)s::timestamptz[], %(channels)s::text[]) with ordinality
    as kind(because, sentence, until, channel, place) on kind.place = given.kind
where i.id = given.id
"""


def _keep(programme: Programme, batch: Sequence[Candidate], decisions: dict[int, Decision], now: datetime) -> None:
    keep(programme, batch, decisions, now)
    told = ((one, decisions[one.pk]) for one in batch)
    asked = [Addressed(one.profile, how.channel, how.address, one.pk) for one, how in told if how.channel]
    queue(programme.workspace_id, asked, sender_kind="invitation", due=now)


def keep(programme: Programme, batch: Sequence[Candidate], decisions: dict[int, Decision], now: datetime) -> None:
    """What was decided, on the invitations."""
    places: dict[tuple[str, str, datetime | None, str], int] = {}
    kinds = [places.setdefault(decisions[one.pk].kind, len(places) + 1) for one in batch]
    because, sentences, untils, channels = map(list, zip(*places, strict=True))
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP,
            {
                "now": now, "expires": now + timedelta(days=programme.expires_days), "ids": ints(one.pk for one in batch), "kinds": ints(kinds),
                "because": because, "sentences": sentences, "untils": untils, "channels": channels,
            },
        )  # fmt: skip
