"""Cases are opened here, many at a time or one: each once for what it follows from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction

from regard.care.cases.due import set_due
from regard.care.cases.models import Case, State, Stay, Step, What, numbers
from regard.care.cases.news import news
from regard.care.cases.told import CHANGED, Row, tell_ledger
from regard.care.hours.models import hours_of
from regard.care.queues.models import Priority, Queue
from regard.care.queues.people import People, Router
from regard.care.queues.worth import Weighed, Weigher
from regard.customers.contact.restrain import Cause, restrain_each
from regard.customers.contact.restraints.models import Reason
from regard.jobs.models import publish
from regard.listening.responses.models import Response
from regard.outreach.notices.tell import tell
from regard.workspace.members.models import Member
from regard.workspace.workspaces.models import Workspace

#: While a case of theirs is open nobody is asked or sold anything; what is written in the case itself goes out.
KEPT_FROM = ("feedback", "marketing")


@dataclass(frozen=True)
class Opening:
    """What a case is about. Without a unit it is the whole company's; `owner` is a member's number."""

    title: str
    origin: str = ""
    queue: Queue | None = None
    unit: int | None = None
    touchpoint: int | None = None
    profile: int | None = None
    owner: int | None = None
    priority: int = Priority.NORMAL
    #: Whether what the customer is worth and what they scored raise the priority, where the queue has it so.
    weigh: bool = True
    response: UUID | None = None
    score: str = ""
    tone: str = ""
    words: str = ""
    skill: str = ""
    language: str = ""
    channel: str = ""
    tags: tuple[str, ...] = ()


@transaction.atomic
def open_cases(workspace: Workspace, openings: Sequence[Opening], *, by: str, now: datetime, member: Member | None = None) -> list[Case]:
    """Those that were opened now; what has its case already is passed over. `by` is an address, or what opened them by itself.

    Owners come from the routing of the queue where none is said. Whoever is given one is told; of what nobody has, those are who
    work at its unit.
    """
    numbers(workspace.pk, 0)  # from here on nobody else opens any: what has a case is known
    fresh = _fresh(workspace.pk, openings)
    if not fresh:
        return []
    people, first = People(workspace.pk), first_queue(workspace.pk)
    hours = hours_of(workspace.pk, workspace.zone, people.paths)
    queues = {one.queue.pk: one.queue for one in fresh if one.queue} | {first.pk: first}
    routers = {pk: Router(queue, people) for pk, queue in queues.items()}
    responses = set(Response.objects.filter(pk__in=[one.response for one in fresh if one.response], workspace=workspace).values_list("pk", flat=True))
    weigher = Weigher(queues.values(), {one.profile for one in fresh if one.profile and one.weigh})
    made: list[Case] = []
    raised: dict[int, Weighed] = {}
    for number, one in zip(numbers(workspace.pk, len(fresh)), fresh, strict=True):
        unit = one.unit if one.unit in people.paths else people.root
        queue = one.queue or first
        weighed = weigher.weigh(queue, one.priority, profile=one.profile, score=one.score[:40]) if one.weigh else Weighed(one.priority)
        owner = people.members.get(one.owner or 0) or routers[queue.pk].next(unit, one.skill or one.language, now)
        case = Case(
            workspace=workspace, number=number, title=" ".join(one.title.split())[:160], profile_id=one.profile, queue=queue, unit_id=unit,
            touchpoint_id=one.touchpoint, owner=owner, priority=weighed.priority, basis=one.priority if one.weigh else None, origin=one.origin[:120],
            response_id=one.response if one.response in responses else None, score=one.score[:40], tone=one.tone, words=one.words[:20_000],
            skill=one.skill[:40], language=one.language[:16], channel=one.channel[:16], tags=sorted(set(one.tags))[:20], opened=now, changed=now,
        )  # fmt: skip
        set_due(case, queue, hours[unit])
        made.append(case)
        if weighed.why:
            raised[number] = weighed
    Case.objects.bulk_create(made)
    for router in routers.values():
        router.remember()
    Stay.objects.bulk_create(Stay(case=one, state=State.NEW, entered=now, by=by) for one in made)
    Step.objects.bulk_create(
        step
        for one in made
        for step in (
            Step(case=one, at=now, by=by, what=What.OPENED),
            *([Step(case=one, at=now, by="", what=What.WEIGHED, text=raised[one.number].told)] if one.number in raised else []),
            *([Step(case=one, at=now, by="", what=What.GIVEN, text=str(one.owner.user))] if one.owner and one.owner != member else []),
        )
    )
    restrain_each(
        workspace.pk, {Cause("case", str(one.pk)): one.profile_id for one in made if one.profile_id}, reason=Reason.CASE, by=by, now=now,
        purposes=KEPT_FROM,
    )  # fmt: skip
    made = list(Case.objects.filter(pk__in=[one.pk for one in made]).select_related("unit", "queue", "touchpoint", "owner__user").order_by("pk"))
    tell_ledger(workspace.pk, [Row(one, "Case opened", now) for one in made])
    publish(CHANGED, workspace.pk, [one.pk for one in made])
    tell(
        [
            news("case.given", one, [one.owner]) if one.owner else news("case.new", one, _who_may_take(one, routers, people))
            for one in made
        ],
        now=now, by=member,
    )  # fmt: skip
    return made


def first_queue(workspace: int) -> Queue:
    """The one that cases go to where none is said."""
    found = Queue.objects.filter(workspace=workspace, retired=None).order_by("pk").first()
    if found is None:
        found, made = Queue.objects.get_or_create(workspace_id=workspace, name="Customer care")
        if not made and found.retired is not None:  # somewhere they have to go
            found.retired = None
            found.save(update_fields=["retired"])
    return found


def _fresh(workspace: int, openings: Sequence[Opening]) -> list[Opening]:
    origins = {one.origin for one in openings if one.origin}
    known = set(Case.objects.filter(workspace=workspace, origin__in=origins).values_list("origin", flat=True)) if origins else set()
    fresh: list[Opening] = []
    for one in openings:
        if one.origin and one.origin in known:
            continue
        known.add(one.origin)
        fresh.append(one)
    return fresh


def _who_may_take(case: Case, routers: dict[int, Router], people: People) -> list[Member]:
    """Its queue's takers at the unit; where nobody is named, those who answer for it."""
    takers = [people.members[one.member_id] for one in routers[case.queue_id].fitting(case.unit_id, case.skill)]
    return takers or people.answering(case.unit_id)
