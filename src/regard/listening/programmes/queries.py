"""How a programme stands: who was eligible, asked, and answered; and why others were not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from regard.listening.invitations.enough import main_metric
from regard.listening.invitations.models import AUDIENCE, REASONS, Invitation
from regard.listening.programmes.models import Programme
from regard.metrics.dimensions import read_by
from regard.metrics.measures import MEASURES
from regard.metrics.query import Filter, Query
from regard.metrics.result import Row
from regard.metrics.run import run
from regard.outreach.messages.models import Message
from regard.warehouse.scope import Scope


@dataclass(frozen=True)
class Funnel:
    """Counts of invitations. `response_rate` and `completion_rate` are None where nobody could answer."""

    eligible: int = 0
    waiting: int = 0
    not_asked: int = 0
    queued: int = 0
    sent: int = 0
    delivered: int = 0
    bounced: int = 0
    opened: int = 0
    started: int = 0
    partial: int = 0
    completed: int = 0
    expired: int = 0
    opted_out: int = 0

    @property
    def reached(self) -> int:
        return self.sent - self.bounced

    @property
    def response_rate(self) -> float | None:
        """(completed + partial) / (sent − bounced), in percent."""
        return 100 * (self.completed + self.partial) / self.reached if self.reached > 0 else None

    @property
    def strict_rate(self) -> float | None:
        """completed / eligible, in percent."""
        return 100 * self.completed / self.eligible if self.eligible else None

    @property
    def completion_rate(self) -> float | None:
        """completed / started, in percent."""
        return 100 * self.completed / self.started if self.started else None


_FUNNEL = """
select {group}
    count(*) filter (where because <> 'audience'), count(*) filter (where decided is null),
    count(*) filter (where decided is not null and because not in ('', 'audience')),
    count(*) filter (where decided is not null and because = '' and sent is null and bounced is null),
    count(*) filter (where sent is not null or bounced is not null), count(*) filter (where delivered is not null),
    count(*) filter (where bounced is not null), count(*) filter (where opened is not null), count(*) filter (where started is not null),
    count(*) filter (where partial is not null and completed is null), count(*) filter (where completed is not null),
    count(*) filter (where sent is not null and expires <= %(now)s and started is null), count(*) filter (where opted_out is not null)
from listening_invitation where programme_id = any(%(programmes)s) and (%(units)s::bigint[] is null or unit_id = any(%(units)s::bigint[])) {by}
"""


def funnels(scope: Scope, programmes: Sequence[int], *, now: datetime) -> dict[int, Funnel]:
    """Of each programme, over the invitations of the reader's units."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FUNNEL.format(group="programme_id,", by="group by programme_id"),
            {"now": now, "programmes": list(programmes), "units": _units(scope)},
        )
        return {row[0]: Funnel(*row[1:]) for row in cursor.fetchall()}


def _units(scope: Scope) -> list[int] | None:
    return None if scope.units is None else list(scope.units)


@dataclass(frozen=True)
class Reason:
    because: str
    title: str
    count: int
    percent: float


def reasons(scope: Scope, programme: Programme, *, waiting: bool = False) -> list[Reason]:
    """Why people were not asked, or have to wait; the most frequent first."""
    found = within(scope, programme).filter(decided__isnull=waiting).exclude(because="").exclude(because=AUDIENCE)
    counts = list(found.values_list("because").annotate(n=Count("pk")).order_by("-n"))
    total = sum(count for _because, count in counts)
    return [
        Reason(because, str(REASONS.get(because, because)), count, 100 * count / total) for because, count in counts
    ]


def within(scope: Scope, programme: Programme) -> QuerySet[Invitation]:
    """Invitations of the reader's units."""
    mine = Invitation.objects.filter(programme=programme)
    return mine if scope.units is None else mine.filter(unit__in=scope.units)


def silent(scope: Scope, programme: Programme, *, now: datetime) -> QuerySet[Invitation]:
    """Who was asked and has not answered, and still can; the longest waiting first."""
    found = (
        within(scope, programme).filter(started=None, opted_out=None, bounced=None, expires__gt=now).exclude(sent=None)
    )
    return found.select_related("profile", "touchpoint", "unit").order_by("sent", "id")


@dataclass(frozen=True)
class Wave:
    number: int
    first: datetime
    last: datetime
    funnel: Funnel
    score: Row | None


@dataclass(frozen=True)
class Step:
    title: str
    count: int
    share: float  # of those who were eligible
    tone: str = "accent"


@dataclass(frozen=True)
class Board:
    funnel: Funnel
    silent: int
    outside: int  # met the trigger, not in the audience
    reasons: list[Reason]
    waiting: list[Reason]
    metric: str | None
    score: Row | None
    waves: list[Wave]
    #: Why messages do not go out at the moment.
    trouble: str

    @property
    def steps(self) -> list[Step]:
        """From eligible to answered. What was delivered and opened is told by providers alone, so it shows only where it was."""
        of = self.funnel
        told = [
            (_("Eligible"), of.eligible, "accent"), (_("Waiting"), of.waiting, "mid"), (_("Not asked"), of.not_asked, "mid"),
            (_("About to be sent"), of.queued, "mid"), (_("Sent"), of.sent, "accent"), (_("Came back"), of.bounced, "bad"),
            (_("Delivered"), of.delivered, "accent"), (_("Opened"), of.opened, "accent"), (_("Began"), of.started, "accent"),
            (_("Left in the middle"), of.partial, "mid"), (_("Completed"), of.completed, "good"), (_("Expired"), of.expired, "mid"),
            (_("Want no more"), of.opted_out, "bad"),
        ]  # fmt: skip
        always = {_("Eligible"), _("Not asked"), _("Sent"), _("Began"), _("Completed")}
        return [
            Step(title, count, count / max(of.eligible, 1), tone)
            for title, count, tone in told
            if count or title in always
        ]


def board(scope: Scope, programme: Programme, *, now: datetime) -> Board:
    metric = main_metric(programme.survey)
    return Board(
        funnel=funnels(scope, [programme.pk], now=now).get(programme.pk, Funnel()), outside=within(scope, programme).filter(because=AUDIENCE).count(),
        silent=silent(scope, programme, now=now).count(), reasons=reasons(scope, programme), waiting=reasons(scope, programme, waiting=True),
        metric=metric,
        score=score(scope, programme, metric) if metric else None, waves=_waves(scope, programme, metric, now), trouble=_trouble(programme),
    )  # fmt: skip


def score(scope: Scope, programme: Programme, metric: str, *, by: str = "") -> Row | None:
    """Of all its answers, with interval; None where there is none yet."""
    mine = (Filter(read_by("programme"), (programme.name,)),)
    query = Query(measure=MEASURES[metric], by=read_by(by) if by else None, filters=mine)
    total = run(query, scope, programme.workspace).total
    return total if total.n else None


def _waves(scope: Scope, programme: Programme, metric: str | None, now: datetime) -> list[Wave]:
    """Rounds with their scores: one line over the years. Only where there is more than one."""
    units = _units(scope)
    with connection.cursor() as cursor:
        cursor.execute(
            _FUNNEL.format(group="wave, min(created), max(created),", by="group by wave order by wave desc limit 12"),
            {"now": now, "programmes": [programme.pk], "units": units},
        )
        rows = cursor.fetchall()
    if len(rows) < 2:
        return []
    return [Wave(row[0], row[1], row[2], Funnel(*row[3:]), _of_wave(scope, programme, metric, row[0])) for row in rows]


def _of_wave(scope: Scope, programme: Programme, metric: str | None, wave: int) -> Row | None:
    if metric is None:
        return None
    mine = (Filter(read_by("programme"), (programme.name,)), Filter(read_by("property:wave"), (str(wave),)))
    total = run(Query(measure=MEASURES[metric], filters=mine), scope, programme.workspace).total
    return total if total.n else None


def _trouble(programme: Programme) -> str:
    mine = Invitation.objects.filter(programme=programme, sent=None, because="").exclude(decided=None)
    stuck = Message.objects.filter(sender_kind="invitation", sender_id__in=mine.values("pk"), sent=None, dropped=None)
    return stuck.exclude(trouble="").values_list("trouble", flat=True).first() or ""


@dataclass(frozen=True)
class Listed:
    programme: Programme
    funnel: Funnel
    last: datetime | None


def some(workspace: int) -> bool:
    """Whether any programme was ever set up."""
    return Programme.objects.filter(workspace=workspace).exists()


def programmes_of(scope: Scope, *, now: datetime) -> list[Listed]:
    """Running ones first, then those in preparation, then those that ended."""
    found = list(
        Programme.objects.filter(workspace=scope.workspace)
        .select_related("survey", "segment")
        .annotate(last=Max("responses__saved", filter=Q(responses__test=False)))
    )
    told = funnels(scope, [one.pk for one in found], now=now)
    listed = [Listed(one, told.get(one.pk, Funnel()), one.last) for one in found]
    return sorted(
        listed,
        key=lambda one: (
            one.programme.ended is not None,
            one.programme.launched is None,
            one.programme.name.casefold(),
        ),
    )
