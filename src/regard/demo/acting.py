"""What Halcyon does about what its customers say: people who work on cases, a playbook that opens them, and the last weeks of both."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np

from regard.care.cases import work
from regard.care.cases.close import close
from regard.care.cases.models import Case
from regard.care.cases.open import Opening, first_queue, open_cases
from regard.care.closures.ask import say
from regard.care.closures.models import Closure, Says
from regard.care.hours.models import Calendar
from regard.care.queues.models import Cause, Routing
from regard.care.queues.people import People
from regard.demo.complaints import complaints
from regard.demo.giving import give_offers
from regard.demo.places import REGIONS
from regard.demo.reaching import reach
from regard.demo.truths import CALL_BACK_FROM, DAYS_IN_MONTH, MONTHS
from regard.governance.initiatives.measure import measure
from regard.governance.initiatives.models import Initiative, Outcome, Stage
from regard.ledger.touchpoints.models import Touchpoint
from regard.outreach.notices.kinds import NOTICE_KINDS
from regard.outreach.notices.models import Notice, NoticeChoice, Way
from regard.playbooks.rules.definition import Answered, read
from regard.playbooks.rules.models import Playbook
from regard.playbooks.rules.starts import STARTS
from regard.playbooks.runs.enter import BY
from regard.playbooks.runs.models import Deed, Run, RunState
from regard.playbooks.runs.queries import Occasion, occasions
from regard.workspace.members.models import Member, User
from regard.workspace.members.rights import Role
from regard.workspace.units.models import Unit
from regard.workspace.workspaces.models import Workspace

WEEKS = 3
_MOST = 120
_MANAGERS = ("Hélène Marchand", "Yann Le Goff", "Nadia Benali", "Marc Fabre", "Sophie Laurent", "Éric Schmitt")
_AGENTS = ("Inès Moreau", "Karim Haddad", "Lucie Bernard", "Thomas Petit", "Awa Diop", "Jules Keller")
_CAUSES = {
    "Bill": ("Bill unclear", "Charged twice", "Price went up"), "Contact": ("Nobody called back", "Passed around", "Long wait"),
    "Network": ("Outage", "Weak signal at home"), "Store": ("Out of stock", "Unfriendly"),
}  # fmt: skip
_DONE = (
    "Called back and explained the bill line by line.", "Refunded the second charge; it arrives within three days.",
    "A technician comes on Thursday morning.", "Moved to a plan that fits, with the difference credited.", "Apologised, and sent a new router.",
)  # fmt: skip
_STILL = ("The refund has not arrived.", "Nobody came on Thursday.", "It works for an hour, then it is gone again.")


def act(workspace: Workspace, *, now: datetime, rng: np.random.Generator, by: str) -> int:
    """After everything has been recorded. Returns how many cases were opened. Once: a company that has playbooks is left alone."""
    if Playbook.objects.filter(workspace=workspace).exists():
        return 0
    agents = _people(workspace)
    _ways(workspace, agents, by)
    book = _playbooks(workspace, now=now, by=by)
    _call_backs(workspace, now=now, by=by)
    unhappy = _unhappy(workspace, now)
    for one in unhappy:
        (made,) = open_cases(workspace, [_opening(one)], by=f"{BY}{book.name}", now=one.at + timedelta(minutes=2)) or (None,)
        if made is not None:
            _ran(book, made, one)
            _work(made, agents, now, rng)
    complaints(workspace, agents, now=now, rng=rng)
    reach(workspace, now=now, by=by)
    give_offers(workspace, now=now, rng=rng, by=by)
    # nobody of the company is real: they are told by the page alone
    members = Member.objects.filter(workspace=workspace)
    NoticeChoice.objects.bulk_create(NoticeChoice(member=one, kind=kind, way=Way.PAGE) for one in members for kind in NOTICE_KINDS)
    Notice.objects.filter(member__workspace=workspace).update(way=Way.PAGE)
    Notice.objects.filter(member__workspace=workspace, at__lt=now - timedelta(days=1)).update(seen=now)
    return len(unhappy)


def _people(workspace: Workspace) -> dict[int, Member]:
    """A manager of each region, and an agent at each contact centre. Returns the agents by their unit."""
    units = {one.name: one for one in Unit.objects.filter(workspace=workspace)}
    found = {}
    for region, manager, agent in zip(REGIONS, _MANAGERS, _AGENTS, strict=True):
        for name, role, unit in ((manager, Role.MANAGER, region.name), (agent, Role.AGENT, region.centre)):
            address = f"{name.split()[0].lower()}.{region.centre.split()[0].lower()}@halcyon.example"
            user = User.objects.create_user(address.encode("ascii", "ignore").decode(), None, name=name)
            member = Member.objects.create(workspace=workspace, user=user, role=role)
            member.units.add(units[unit])
            if role == Role.AGENT:
                found[units[unit].pk] = member
    return found


def _ways(workspace: Workspace, agents: dict[int, Member], by: str) -> None:
    """Hours, the queue and who takes its cases, root causes."""
    week = {str(day): "8:00-20:00" for day in range(6)}
    Calendar(workspace=workspace, unit=workspace.root, week=week).keep(by=by)
    queue = first_queue(workspace.pk)
    queue.routing, queue.raises_lowest = Routing.TURN, True
    queue.checklist = ["Read the whole answer", "Look at the last bill", "Call back"]
    queue.keep(by=by, takers={one.pk: ["fr"] for one in agents.values()})
    for name, below in _CAUSES.items():
        above = Cause.objects.create(workspace=workspace, name=name)
        Cause.objects.bulk_create([Cause(workspace=workspace, parent=above, name=one) for one in below])


def _playbooks(workspace: Workspace, *, now: datetime, by: str) -> Playbook:
    """Two that are on, and one to look at."""
    made = {}
    for key, on in (("detractor", True), ("unsolved", True), ("promoter", False)):
        start = STARTS[key]
        book = made[key] = Playbook(workspace=workspace, name=str(start.name))
        book.keep([read(one) for one in start.rules], by=by)
        if on:
            book.switch_on(by=by, now=now)
    return made["detractor"]


def _call_backs(workspace: Workspace, *, now: datetime, by: str) -> None:
    """The change that came to the contact centres one after the other; Strasbourg never had it."""
    units = {one.name: one for one in Unit.objects.filter(workspace=workspace)}
    owner = Member.objects.filter(workspace=workspace, role=Role.MANAGER).order_by("pk").first()
    made = Initiative(
        workspace=workspace, title="Call back instead of queues", stage=Stage.UNDER_WAY, owner=owner, metric=Outcome.CES, expected=0.5,
        cost=Decimal(180_000), worth=Decimal(420_000),
        touchpoints=list(Touchpoint.objects.filter(workspace=workspace, name="Support call").values_list("pk", flat=True)),
        cause=Cause.objects.filter(workspace=workspace, name="Long wait").first(),
        whys=[
            "Customers find it hard to get help.", "They wait half an hour, and hang up.", "Everybody calls in the same two hours.",
            "There is no other way to be heard sooner.", "Nobody offers to call back.",
        ],
    )  # fmt: skip
    months = {name: now - timedelta(days=(MONTHS - month) * DAYS_IN_MONTH) for name, month in CALL_BACK_FROM.items()}
    made.keep(by=by, units={units[name].pk: moment.astimezone(workspace.zone).date() for name, moment in months.items()})
    measure(made, now=now)


def _unhappy(workspace: Workspace, now: datetime) -> list[Occasion]:
    """Who was unhappy in the last weeks, the oldest first: one case a customer."""
    since = now - timedelta(weeks=WEEKS)
    found = [
        *occasions(workspace, Answered(metric="nps", op="<=", score=3), since=since),
        *occasions(workspace, Answered(metric="ces", op="<=", score=2), since=since),
    ]
    each = {one.profile: one for one in sorted(found, key=lambda one: one.at, reverse=True) if one.profile and one.about.get("words")}
    return sorted(list(each.values())[:_MOST], key=lambda one: one.at)


def _opening(one: Occasion) -> Opening:
    about = one.about
    return Opening(
        title=f"{one.score} · {about.get('programme') or about.get('event') or about['metric'].upper()}", origin=one.cause, unit=about.get("unit"),
        touchpoint=about.get("touchpoint"), profile=one.profile, score=one.score, tone="bad", words=about.get("words", ""),
        language=about.get("language", ""), channel=about.get("channel", ""),
        tags=("recovery",),
    )  # fmt: skip


def _ran(book: Playbook, made: Case, one: Occasion) -> None:
    """The run of the playbook that opened the case, so that its page tells of it."""
    rules, metric = book.version.read, one.about["metric"]
    number = next(place for place, rule in enumerate(rules) if isinstance(rule.when, Answered) and rule.when.metric == metric)
    run = Run.objects.create(
        playbook=book, version=book.version, rule=number, cause=one.cause[:80], profile_id=one.profile, about=one.about, case=made, happened=one.at,
        begun=made.opened, due=made.opened, step=len(rules[number].then), state=RunState.DONE,
    )  # fmt: skip
    Deed.objects.create(run=run, step=0, do="case", at=made.opened, told=f"Case #{made.number} is open")


def _work(made: Case, agents: dict[int, Member], now: datetime, rng: np.random.Generator) -> None:
    """Most are worked on within a day or two; of those closed, many of their customers say whether it is solved."""
    owner = made.owner or agents.get(made.unit_id) or list(agents.values())[int(rng.integers(len(agents)))]
    who = owner.user.email
    moment = made.opened + timedelta(hours=float(rng.gamma(1.6, 4.0)))
    if moment > now:
        return
    if made.owner is None:
        people = People(made.workspace_id)
        if people.covers(owner.pk, made.unit_id):
            work.give(made, owner, by=who, now=moment, giver=owner)
    work.called(made, "Called: they tell it as they wrote it.", by=owner, now=moment)
    moment += timedelta(hours=float(rng.gamma(2.0, 11.0)))
    if moment > now:
        return
    causes = list(Cause.objects.filter(workspace=made.workspace_id).exclude(parent=None).order_by("pk"))
    outcome, cause = str(rng.choice(_DONE)), causes[int(rng.integers(len(causes)))]
    closure = close(made, by=who, now=moment, outcome=outcome, cause=cause, ask=False, closer=owner)
    if closure is None:
        return
    Closure.objects.filter(pk=closure.pk).update(asked=moment)
    moment += timedelta(hours=float(rng.gamma(1.2, 9.0)))
    if moment < now and rng.random() < 0.55:
        solved = rng.random() < 0.82
        say(closure, Says.SOLVED if solved else Says.NOT_SOLVED, text="" if solved else str(rng.choice(_STILL)), now=moment)
