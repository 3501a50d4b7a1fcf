"""How a programme stands: who was eligible, asked, and answered; and why others were not asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connection
from django.db.models import Count, Max, Q, QuerySet
from django.utils.translation import gettext as _

from regard.listening.invitations.enough import main_metric
from regard.listening.invitations.models import AUDIENCE, REASONS, Invitation
from regard.listening.programmes.models import Programme
from regard.listening.responses.models import Response
from regard.listening.surveys.models import Version
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
    screened: int = 0

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
        """completed / started, in percent; whoever was screened out could not complete."""
        began = self.started - self.screened
        return 100 * self.completed / began if began > 0 else None


_FUNNEL = """
select {group}
    count(*) filter (where because <> 'audience'), count(*) filter (where decided is null),
    count(*) filter (where decided is not null and because not in ('', 'audience')),
    count(*) filter (where decided is not null and because = '' and sent is null and bounced is null),
    count(*) filter (where sent is not null or bounced is not null), count(*) filter (where delivered is not null),
    count(*) filter (where bounced is not null), count(*) filter (where opened is not null), count(*) filter (where started is not null),
    count(*) filter (where partial is not null and completed is null), count(*) filter (where completed is not null),
    count(*) filter (where sent is not null and expires <= %(now)s and started is null), count(*) filter (where opted_out is not null),
    count(*) filter (where screened is not null)
from listening_invitation where programme_id = any(%(programmes)s) and (%(units)s::bigint[] is null or unit_id = any(%(units)s::bigint[])) {by}
"""


def funnels(scope: Scope, programmes: Sequence[int], *, now: datetime) -> dict[int, Funnel]:
    """Of each programme, over the invitations of the reader's units. What was answered without a name stands in no invitation: it is
    counted from the responses themselves.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _FUNNEL.format(group="programme_id,", by="group by programme_id"),
            {"now": now, "programmes": list(programmes), "units": _units(scope)},
        )
        found = {row[0]: Funnel(*row[1:]) for row in cursor.fetchall()}
    unnamed = Response.objects.filter(programme__in=programmes, programme__anonymous=True, test=False)
    if scope.units is not None:
        unnamed = unnamed.filter(unit__in=scope.units)
    whole, left = Q(completed__isnull=False, screened=False), Q(completed=None, final__isnull=False) & ~Q(answers={})
    counts = (
        unnamed.order_by()
        .values_list("programme")
        .annotate(all=Count("pk"), whole=Count("pk", filter=whole), left=Count("pk", filter=left), out=Count("pk", filter=Q(screened=True)))
    )
    for programme, started, completed, partial, screened in counts:
        found[programme] = replace(
            found.get(programme, Funnel()), started=started, completed=completed, partial=partial, screened=screened
        )
    return found


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


_MOST_WAVES = 12


@dataclass(frozen=True)
class Wave:
    number: int
    first: datetime
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
            (_("Left in the middle"), of.partial, "mid"), (_("Completed"), of.completed, "good"),
            (_("Screened out"), of.screened, "mid"), (_("Expired"), of.expired, "mid"),
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
        score=_score(scope, programme, metric) if metric else None, waves=_waves(scope, programme, metric, now), trouble=_trouble(programme),
    )  # fmt: skip


def _score(scope: Scope, programme: Programme, metric: str) -> Row | None:
    """Of all its answers, with interval; None where there is none yet, or too few to keep it unknown whose they are."""
    total = run(_query(programme, metric), scope, programme.workspace).total
    return total if _shown(programme, total) else None


def _query(programme: Programme, metric: str, *, by: str = "") -> Query:
    mine = (Filter(read_by("programme"), (programme.name,)),)
    return Query(measure=MEASURES[metric], by=read_by(by) if by else None, filters=mine)


def _shown(programme: Programme, row: Row) -> bool:
    return row.n >= (programme.workspace.threshold if programme.anonymous else 1)


def _waves(scope: Scope, programme: Programme, metric: str | None, now: datetime) -> list[Wave]:
    """Rounds with their scores, the newest first: one line over the years. Only where there is more than one."""
    with connection.cursor() as cursor:
        cursor.execute(
            _FUNNEL.format(group="wave, min(created),", by=f"group by wave order by wave desc limit {_MOST_WAVES}"),
            {"now": now, "programmes": [programme.pk], "units": _units(scope)},
        )
        rows = cursor.fetchall()
    if len(rows) < 2:
        return []
    scores: dict[str, Row] = {}
    if metric is not None:
        found = run(_query(programme, metric, by="property:wave"), scope, programme.workspace).rows
        scores = {row.label: row for row in found if _shown(programme, row)}
    return [Wave(wave, first, Funnel(*counts), scores.get(str(wave))) for wave, first, *counts in rows]


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
    """Whether there is anything to ask customers by."""
    return Programme.objects.filter(workspace=workspace).exists() or Version.objects.filter(survey__workspace=workspace).exists()


def unnamed(workspace: int) -> list[str]:
    """The names under which answers to anonymous programmes stand in the ledger."""
    return list(Programme.objects.filter(workspace=workspace, anonymous=True).values_list("name", flat=True))


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
