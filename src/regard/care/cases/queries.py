"""Which cases a reader may see, the list as an address filters it, and how one stands."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Q, QuerySet

from regard.care.cases.models import Case, State, Stay, Step, Watcher, What
from regard.care.closures.models import SENDER, Closure
from regard.care.letters.models import Letter
from regard.care.queues.causes import at_and_below as causes_below
from regard.care.queues.worth import LOWEST
from regard.customers.people.queries import Person, by_id
from regard.metrics.unnamed import UNNAMED
from regard.outreach.messages.models import Message
from regard.warehouse import warehouse
from regard.warehouse.scope import Scope
from regard.workspace.members.models import Member, User
from regard.workspace.units.models import at_and_below

PER_PAGE = 50
_NUMBERS = {"queue": "queue", "priority": "priority", "touchpoint": "touchpoint"}


def seen(scope: Scope, member: Member) -> QuerySet[Case]:
    """Those of the reader's units, those given to them, and those they watch."""
    found = Case.objects.filter(workspace=scope.workspace)
    if scope.units is None:
        return found
    return found.filter(Q(unit__in=scope.units) | Q(owner=member) | Q(pk__in=Watcher.objects.filter(member=member).values("case")))


def filtered(found: QuerySet[Case], given: Mapping[str, str], *, workspace: int, me: int, now: datetime) -> QuerySet[Case]:
    """As the address says; what makes no sense in it is passed over. Without a state: what is open, but for what is put off."""
    state = given.get("state", "")
    if state == "snoozed":
        found = found.exclude(state=State.CLOSED).filter(snoozed__gt=now)
    elif state in State.values:
        found = found.filter(state=state)
    elif state != "all":
        found = found.exclude(state=State.CLOSED).filter(Q(snoozed=None) | Q(snoozed__lte=now))
    for name, column in _NUMBERS.items():
        if given.get(name, "").isdecimal():
            found = found.filter(**{column: int(given[name][:9])})
    if given.get("unit", "").isdecimal():
        found = found.filter(unit__in=at_and_below(workspace, {int(given["unit"][:9])}))
    if given.get("cause", "").isdecimal():
        found = found.filter(cause__in=causes_below(workspace, int(given["cause"][:9])))
    if given.get("tone"):
        found = found.filter(tone=given["tone"][:4])
    if given.get("tag"):
        found = found.filter(tags__contains=[given["tag"][:40]])
    match given.get("whose", ""):
        case "mine":
            found = found.filter(owner=me)
        case "nobody":
            found = found.filter(owner=None)
        case "watched":
            found = found.filter(watchers__member=me)
        case other if other.isdecimal():
            found = found.filter(owner=int(other[:9]))
    match given.get("due", ""):
        case "late":
            found = found.filter(_late(now))
        case "today":
            found = found.filter(due__lte=now + timedelta(hours=24))
        case "heard":
            found = found.filter(unheard=True)
    return _saying(found, given.get("q", ""))


def _late(now: datetime) -> Q:
    return Q(due__lt=now) | Q(first_due__lt=now, responded=None)


def _saying(found: QuerySet[Case], text: str) -> QuerySet[Case]:
    """By its number, or by words of it."""
    plain = text.replace("\0", "").strip()
    if plain.lstrip("#").isdecimal() and len(plain) < 10:
        return found.filter(number=int(plain.lstrip("#")))
    for word in plain.split()[:6]:
        found = found.filter(Q(title__icontains=word[:100]) | Q(words__icontains=word[:100]))
    return found


@dataclass(frozen=True)
class Place:
    """Where a page begins: after this case. By when it is due, what has no such moment last; of closed ones the newest first."""

    moment: datetime | None
    id: int

    def __str__(self) -> str:
        return f"{self.moment.isoformat() if self.moment else ''}~{self.id}"


def place(text: str) -> Place | None:
    """None for what is none of ours."""
    moment, _sep, id = text.partition("~")
    try:
        found = Place(datetime.fromisoformat(moment).astimezone(UTC) if moment else None, int(id[:18]))
    except (ValueError, OverflowError):
        return None
    return found


@dataclass(frozen=True)
class Line:
    case: Case
    customer: Person | None
    late: bool


@dataclass(frozen=True)
class Page:
    lines: list[Line]
    next: str


def page_of(scope: Scope, found: QuerySet[Case], after: Place | None, *, closed: bool, now: datetime, most: int = PER_PAGE) -> Page:
    column = "closed" if closed else "due"
    if after is not None:
        found = found.filter(_beyond(after, closed))
    found = found.order_by("-closed", "-id") if closed else found.order_by("due", "id")
    rows = list(found.select_related("queue", "unit", "owner__user", "touchpoint", "profile")[: most + 1])
    last = rows[most - 1] if len(rows) > most else None
    people = {one.id: one for one in by_id(scope, {row.profile.customer_id for row in rows if row.profile})}
    lines = [Line(row, people.get(row.profile.customer_id) if row.profile else None, is_late(row, now)) for row in rows[:most]]
    return Page(lines, str(Place(getattr(last, column), last.pk)) if last else "")


def _beyond(after: Place, closed: bool) -> Q:
    if closed:
        return Q(closed__lt=after.moment) | Q(closed=after.moment, id__lt=after.id)
    if after.moment is None:
        return Q(due=None, id__gt=after.id)
    return Q(due__gt=after.moment) | Q(due=after.moment, id__gt=after.id) | Q(due=None)


def is_late(case: Case, now: datetime) -> bool:
    if not case.open:
        return case.due is not None and case.closed is not None and case.closed > case.due
    turn = case.state != State.WAITING  # while it is theirs, no clock of ours runs
    return turn and ((case.due is not None and case.due < now) or (case.responded is None and case.first_due is not None and case.first_due < now))


#: More than so many are not counted one by one: nobody works by the difference.
MOST_COUNTED = 1_000


@dataclass(frozen=True)
class Counts:
    """Each at most MOST_COUNTED, which stands for that many and more."""

    mine: int
    nobodys: int
    late: int


def counts(found: QuerySet[Case], *, me: int, now: datetime) -> Counts:
    """Of what is open and not put off."""
    open_ones = found.exclude(state=State.CLOSED).filter(Q(snoozed=None) | Q(snoozed__lte=now))
    return Counts(
        mine=_some(open_ones.filter(owner=me)), nobodys=_some(open_ones.filter(owner=None)),
        late=_some(open_ones.exclude(state=State.WAITING).filter(_late(now))),
    )  # fmt: skip


def _some(found: QuerySet[Case]) -> int:
    return found.order_by()[:MOST_COUNTED].count()


def one(found: QuerySet[Case], number: int) -> Case | None:
    related = ("queue", "unit", "owner__user", "touchpoint", "profile", "cause__parent", "parent", "merged_into", "workspace", "complaint__rule")
    return found.select_related(*related, "response__version__survey").filter(number=number).first()


@dataclass(frozen=True)
class Turn:
    """One thing of a case's story: a step, or a letter, which stands in for the step that says that there was one."""

    at: datetime
    #: Who did it, by name; "" for the customer, and for what happens by itself.
    who: str = ""
    step: Step | None = None
    letter: Letter | None = None


def closures_of(case: Case) -> list[Closure]:
    """Each with `who` closed it, by name, and whether the question to the customer is still `going` out."""
    found = list(Closure.objects.filter(case=case))
    waiting = Message.objects.filter(sender_kind=SENDER, sender_id__in=[one.pk for one in found], sent=None, dropped=None)
    names, going = names_of([one.by for one in found]), set(waiting.values_list("sender_id", flat=True))
    for one in found:
        one.who, one.going = names.get(one.by, one.by), one.pk in going  # type: ignore[attr-defined]
    return found


def names_of(emails: Iterable[str]) -> dict[str, str]:
    """Of colleagues, by their addresses; those of nobody are absent."""
    return {one.email: str(one) for one in User.objects.filter(email__in={*emails} - {""})}


def story(case: Case) -> list[Turn]:
    """From its opening to now."""
    letters = list(case.letters.prefetch_related("files"))
    steps = [one for one in case.steps.prefetch_related("files") if one.what not in (What.WROTE, What.HEARD)]
    names = names_of([*(one.by for one in letters), *(one.by for one in steps)])
    turns = [Turn(one.at, names.get(one.by, one.by), letter=one) for one in letters]
    turns += [Turn(one.at, names.get(one.by, one.by), step=one) for one in steps]
    return sorted(turns, key=lambda turn: (turn.at, turn.step is None))


def why_so(case: Case) -> str:
    """Why its priority is what it is, where value or a score had a say in it last."""
    last = case.steps.filter(what__in=(What.RAISED, What.WEIGHED)).last()
    return last.text.partition(": ")[2] if last and last.what == What.WEIGHED else ""


@dataclass(frozen=True)
class Times:
    """Of one state, over all its stays."""

    state: str
    first: datetime
    left: datetime | None
    last: datetime
    seconds: float


def times_of(stays: Sequence[Stay], now: datetime) -> list[Times]:
    """For each state it was in: when it was first entered, first left and last entered, and how long it was in it (wall time)."""
    found = []
    for state in State.values:
        mine = [one for one in stays if one.state == state]
        if mine:
            lasted = sum(((one.left or now) - one.entered).total_seconds() for one in mine)
            found.append(Times(str(State(state).label), mine[0].entered, mine[0].left, mine[-1].entered, lasted))
    return found


def of_customer(scope: Scope, member: Member, profiles: Sequence[int], *, most: int = 20) -> list[Case]:
    """The newest of one customer, by any of their profiles."""
    return list(seen(scope, member).filter(profile__in=profiles).select_related("queue", "owner__user", "unit").order_by("-opened")[:most])


def tags_of(workspace: int) -> list[str]:
    """Those in use lately, by name."""
    recent = Case.objects.filter(workspace=workspace).exclude(tags=[]).order_by("-pk").values_list("tags", flat=True)[:2_000]
    return sorted({tag for tags in recent for tag in tags}, key=str.casefold)


#: Each customer's last such answer in these batches. Of anonymous programmes none: a priority that rises could say whose it was.
_LOWEST_ANSWERS = """
select ledger.profile as profile, max(at), argMax(concat(upper(metric), ' ', toString(assumeNotNull(score))), at) from ledger
where $workspace and kind = 'answer' and ledger.profile != 0 and inbox in {inboxes:Array(UInt64)} and programme not in {unnamed:Array(String)}
    and isNotNull(score) and assumeNotNull(score) <= transform(upper(metric), {metrics:Array(String)}, {bounds:Array(Float64)}, toFloat64(-1000))
group by profile
"""


@dataclass(frozen=True)
class LowestAnswer:
    """`score` as cases hold it: `NPS 1`."""

    profile: int
    at: datetime
    score: str


def lowest_answers(scope: Scope, inboxes: Sequence[int]) -> list[LowestAnswer]:
    """What was scored at the bottom of a scale in these batches, the last of each profile."""
    values = {
        "inboxes": list(inboxes), "unnamed": list(UNNAMED.programmes(scope.workspace)), "metrics": list(LOWEST), "bounds": list(LOWEST.values())
    }  # fmt: skip
    rows = warehouse().select(scope, _LOWEST_ANSWERS, values)
    return [LowestAnswer(int(profile), at, score) for profile, at, score in rows]
