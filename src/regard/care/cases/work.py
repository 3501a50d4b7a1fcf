"""What is done with an open case. Each verb holds the case until its transaction ends and writes down who did what; the same again is nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from regard.care.cases.due import follow_complaint, put_off, set_due_anew
from regard.care.cases.models import Breach, Case, Clock, State, Stay, Step, Watcher, What
from regard.care.cases.news import news
from regard.care.cases.told import CHANGED, Row, tell_ledger
from regard.care.files.keep import Given, keep_files, not_kept
from regard.care.handoffs.models import Handoff, take_up
from regard.care.hours.clock import Hours
from regard.care.hours.models import hours_of
from regard.care.queues.models import Cause, Priority, Queue
from regard.care.queues.people import People, Router, watching
from regard.customers.contact.restrain import Cause as Because
from regard.customers.contact.restrain import lift
from regard.jobs.models import publish
from regard.ledger.notes.write import mentioned
from regard.outreach.notices.tell import tell
from regard.workspace.members.models import Member
from regard.workspace.units.models import Unit

MOST_TAGS = 20


class NotPossible(ValueError):
    """It cannot be done so; the message says why."""


def held(case: Case) -> Case:
    """As it stands, until the transaction ends."""
    found = Case.objects.select_for_update(of=("self",)).select_related("unit", "queue", "touchpoint", "owner__user", "workspace").get(pk=case.pk)
    if found.merged_into_id is not None:
        raise NotPossible(_("It was merged into another case: work there."))
    return found


def hours_for(case: Case, people: People | None = None) -> Hours:
    paths = (people or People(case.workspace_id)).paths
    return hours_of(case.workspace_id, case.workspace.zone, {case.unit_id: paths[case.unit_id]})[case.unit_id]


def step(case: Case, what: What, *, by: str, now: datetime, text: str = "") -> Step:
    made = Step.objects.create(case=case, at=now, by=by, what=what, text=text)
    if "@" in by and what != What.HANDED:  # a member; not the customer, nor a playbook
        take_up(case, by=by, now=now)
    return made


def keep(case: Case, *fields: str, now: datetime) -> None:
    """Save these, and have whatever follows from cases follow."""
    case.changed = now
    case.save(update_fields=[*fields, "changed"])
    publish(CHANGED, case.workspace_id, [case.pk])


def enter(case: Case, state: str, *, by: str, now: datetime) -> None:
    """Leave its state for another: its stays are what times follow from."""
    stay = Stay.objects.filter(case=case, left=None).order_by("-pk").first()
    if stay is not None:
        stay.left = now
        stay.save(update_fields=["left"])
        if stay.state == State.WAITING:
            hours = hours_for(case)
            put_off(case, hours, hours.between(stay.entered, now))
    Stay.objects.create(case=case, state=state, entered=now, by=by)
    case.state = State(state)


@transaction.atomic
def move(case: Case, state: str, *, by: str, now: datetime) -> None:
    """Being worked on, or waiting for the customer. Closing and opening again are verbs of their own."""
    current = held(case)
    if current.state == state or not current.open or state not in (State.OPEN, State.WAITING):
        return
    enter(current, state, by=by, now=now)
    step(current, What.MOVED, by=by, now=now, text=str(State(state).label))
    keep(current, "state", "due", "warn", now=now)


@transaction.atomic
def give(case: Case, to: Member | None, *, by: str, now: datetime, giver: Member | None = None) -> None:
    """To a member, or to nobody. Raises NotPossible for one who may not see it."""
    current = held(case)
    if current.owner_id == (to.pk if to else None):
        return
    if to is not None and not People(current.workspace_id).covers(to.pk, current.unit_id):
        raise NotPossible(_("%(who)s does not work for %(unit)s.") % {"who": to.user, "unit": current.unit})
    current.owner = to
    step(current, What.GIVEN if to else What.LEFT, by=by, now=now, text=str(to.user) if to else "")
    if to is not None and current.state == State.NEW and giver == to:
        enter(current, State.OPEN, by=by, now=now)  # who takes one begins with it
    keep(current, "owner", "state", "due", "warn", now=now)
    if to is not None:
        tell([news("case.given", current, [to])], now=now, by=giver)


@transaction.atomic
def hand(case: Case, *, queue: Queue | None = None, unit: Unit | None = None, by: str, now: datetime, giver: Member | None = None) -> None:
    """To another queue or another unit: its targets hold from when it was opened, and whose it is follows anew."""
    current = held(case)
    queue, unit = queue or current.queue, unit or current.unit
    if (queue.pk, unit.pk) == (current.queue_id, current.unit_id):
        return
    if unit.pk != current.unit_id:
        step(current, What.HANDED, by=by, now=now, text=unit.name)
        passed = Handoff.objects.create(case=current, from_unit=current.unit, to_unit=unit, by=by, at=now)
        tell_ledger(current.workspace_id, [Row(current, f"Handed to {unit.name}", now, nth=passed.pk, kind="handoff")])
    if queue.pk != current.queue_id:
        step(current, What.QUEUED, by=by, now=now, text=queue.name)
    current.queue, current.unit = queue, unit
    people = People(current.workspace_id)
    if current.owner_id is None or not people.covers(current.owner_id, unit.pk):
        router = Router(queue, people)
        current.owner = router.next(unit.pk, current.skill or current.language, now)
        router.remember()
    current.warned = None
    due_anew(current)
    keep(current, "queue", "unit", "owner", "first_due", "due", "warn", "warned", now=now)
    if current.owner is not None:
        tell([news("case.given", current, [current.owner])], now=now, by=giver)
    else:
        tell([news("case.new", current, people.answering(unit.pk))], now=now, by=giver)


def due_anew(case: Case) -> None:
    """By the targets that hold now; what was spent waiting for the customer still does not count."""
    last = Step.objects.filter(case=case, what=What.REOPENED).order_by("-pk").first()
    stays = Stay.objects.filter(case=case, state=State.WAITING).exclude(left=None)
    waited = [(one.entered, one.left) for one in stays if one.left is not None]
    set_due_anew(case, hours_for(case), reopened=last.at if last else None, waited=waited)


@transaction.atomic
def prioritise(case: Case, priority: int, *, by: str, now: datetime) -> None:
    """By hand: no value or score changes it after that."""
    current = held(case)
    if current.priority == priority and current.basis is None:
        return
    if current.priority != priority:
        current.priority = Priority(priority)
        current.warned = None  # by the new time they are warned anew
        due_anew(current)
    current.basis = None
    step(current, What.RAISED, by=by, now=now, text=str(Priority(priority).label))
    keep(current, "priority", "basis", "first_due", "due", "warn", "warned", now=now)


@transaction.atomic
def rename(case: Case, title: str, *, by: str, now: datetime) -> None:
    """What it is about, in other words."""
    plain = " ".join(title.replace("\0", "").split())[:160]
    current = held(case)
    if not plain or plain == current.title:
        return
    current.title = plain
    step(current, What.RENAMED, by=by, now=now, text=plain)
    keep(current, "title", now=now)


@transaction.atomic
def note(case: Case, text: str, *, by: str, now: datetime, member: Member | None = None, files: Sequence[Given] = ()) -> Step | None:
    """For colleagues; those named with @ are told, and whoever watches it, but not whoever wrote it. Returns its step; None where it says
    nothing. Raises NotPossible for a file that is not kept.
    """
    plain = text.replace("\0", "").strip()[:5_000]
    if not plain and not files:
        return None
    current = held(case)
    noted = step(current, What.NOTE, by=by, now=now, text=plain)
    if refused := keep_files(current, files, by=by, now=now, step=noted):
        raise NotPossible(not_kept(refused))
    keep(current, now=now)
    people = People(current.workspace_id)
    named = [one for one in mentioned(plain, current.workspace_id) if people.covers(one.pk, current.unit_id)]
    tell([news("case.named", current, named), news("case.watched", current, list(watching(current, people)))], now=now, by=member)
    return noted


@transaction.atomic
def called(case: Case, text: str, *, by: Member, now: datetime) -> None:
    """A call with the customer: a response of ours."""
    plain = text.replace("\0", "").strip()[:5_000]
    current = held(case)
    step(current, What.CALLED, by=by.user.email, now=now, text=plain)
    respond(current, now=now)
    if current.state == State.NEW:
        enter(current, State.OPEN, by=by.user.email, now=now)
    keep(current, "state", "responded", "due", "warn", now=now)
    tell_ledger(current.workspace_id, [Row(current, "Call about a case", now, nth=current.steps.count())])


def respond(case: Case, *, now: datetime) -> None:
    """The customer has heard from us: what the first clock waits for."""
    if case.responded is None:
        case.responded = now
        note_late(case, Clock.FIRST, now=now)


def note_late(case: Case, clock: Clock, *, now: datetime) -> bool:
    """Into the log of what was late, where it was; whether that is new."""
    if clock == Clock.CLOSE and getattr(case, "complaint", None) is not None:
        return False
    return log_late(case, clock, case.first_due if clock == Clock.FIRST else case.due, now=now)


def log_late(case: Case, clock: Clock, due: datetime | None, *, now: datetime) -> bool:
    """As `note_late`, for a clock that stands elsewhere."""
    if due is None or now <= due:
        return False
    _found, made = Breach.objects.get_or_create(
        case=case, clock=clock, due=due, defaults={"at": now, "unit_id": case.unit_id, "owner_id": case.owner_id}
    )
    if made:
        step(case, What.LATE, by="", now=now, text=str(clock.label))
    return made


@transaction.atomic
def tag(case: Case, name: str, *, by: str, now: datetime, off: bool = False) -> None:
    """Raises NotPossible for too many."""
    plain = " ".join(name.split())[:40]
    current = held(case)
    if not plain or (plain in current.tags) != off:
        return
    if not off and len(current.tags) >= MOST_TAGS:
        raise NotPossible(_("A case can have %(most)s tags: take one off first.") % {"most": MOST_TAGS})
    current.tags = [one for one in current.tags if one != plain] if off else sorted([*current.tags, plain])
    step(current, What.UNTAGGED if off else What.TAGGED, by=by, now=now, text=plain)
    keep(current, "tags", now=now)


@transaction.atomic
def tick(case: Case, point: str, *, by: str, now: datetime) -> None:
    """A point of the checklist is done, or is not after all."""
    current = held(case)
    if point not in current.queue.checklist:
        return
    done = point not in current.done
    current.done = [*current.done, point] if done else [one for one in current.done if one != point]
    step(current, What.CHECKED, by=by, now=now, text=point if done else f"{point} ✗")
    keep(current, "done", now=now)


@transaction.atomic
def find_cause(case: Case, cause: Cause | None, *, by: str, now: datetime) -> None:
    current = held(case)
    if current.cause_id == (cause.pk if cause else None):
        return
    current.cause = cause
    step(current, What.CAUSE, by=by, now=now, text=cause.name if cause else "–")
    keep(current, "cause", now=now)


@transaction.atomic
def snooze(case: Case, until: datetime | None, *, by: str, now: datetime) -> None:
    """Out of sight until then; its clocks run on. Whatever the customer says brings it back."""
    current = held(case)
    if until is not None and until <= now:
        raise NotPossible(_("Put it off to a moment that is still to come."))
    if not current.open or current.snoozed == until:
        return
    current.snoozed = until
    shown = until.astimezone(current.workspace.zone).strftime("%Y-%m-%d %H:%M") if until else ""
    step(current, What.SNOOZED if until else What.WOKE, by=by, now=now, text=shown)
    keep(current, "snoozed", now=now)


@transaction.atomic
def watch(case: Case, member: Member, *, on: bool) -> None:
    if on:
        Watcher.objects.get_or_create(case=case, member=member)
    else:
        Watcher.objects.filter(case=case, member=member).delete()


@transaction.atomic
def merge(case: Case, into: Case, *, by: str, now: datetime) -> None:
    """It is the same matter as another, which goes on with what was said here. Raises NotPossible for another customer's."""
    first, second = (held(one) for one in sorted((case, into), key=lambda one: one.pk))
    gone, kept = (first, second) if first.pk == case.pk else (second, first)
    if gone.pk == kept.pk or not kept.open:
        raise NotPossible(_("Choose another case, one that is still open."))
    if gone.profile_id is not None and kept.profile_id is not None and _customer(gone) != _customer(kept):
        raise NotPossible(_("They are about two customers: one can be made part of the other instead."))
    gone.letters.update(case=kept)
    gone.files.update(case=kept)
    if kept.profile_id is None:
        kept.profile_id = gone.profile_id
    _carry_complaint(gone, kept)
    step(kept, What.MERGED, by=by, now=now, text=f"#{gone.number} {gone.title}")
    enter(gone, State.CLOSED, by=by, now=now)
    gone.closed, gone.merged_into = now, kept
    step(gone, What.MERGED, by=by, now=now, text=f"→ #{kept.number}")
    lift(gone.workspace_id, by=by, now=now, cause=Because("case", str(gone.pk)))
    keep(gone, "state", "closed", "merged_into", "due", "warn", now=now)
    keep(kept, "profile", "due", "warn", now=now)


def _carry_complaint(gone: Case, kept: Case) -> None:
    """What is owed to somebody who complained is owed in the case that goes on; of two complaints the earlier deadline holds."""
    theirs, own = getattr(gone, "complaint", None), getattr(kept, "complaint", None)
    if theirs is None:
        return
    if own is None:
        theirs.case = kept
        theirs.save(update_fields=["case"])
        kept.complaint = theirs
    elif not own.done:
        own.received, own.answer_by = min(own.received, theirs.received), min(own.answer_by, theirs.answer_by)
        own.save(update_fields=["received", "answer_by"])
    follow_complaint(kept)


def _customer(case: Case) -> int | None:
    return case.profile.customer_id if case.profile else None


@transaction.atomic
def join(case: Case, parent: Case | None, *, by: str, now: datetime) -> None:
    """Make it part of a greater matter, or take it out. A parent has no parent of its own."""
    current = held(case)
    if current.parent_id == (parent.pk if parent else None):
        return
    if parent is not None and (parent.pk == current.pk or parent.parent_id is not None or current.children.exists()):
        raise NotPossible(_("A case that is part of another cannot have parts itself."))
    was = current.parent
    current.parent = parent
    step(current, What.JOINED if parent else What.PARTED, by=by, now=now, text=str(parent or was))
    keep(current, "parent", now=now)


def of_all(cases: Iterable[Case], verb: Callable[[Case], object]) -> tuple[int, list[str]]:
    """On each: how many it was done on, and why not on the others (each reason once)."""
    done, why = 0, []
    for case in cases:
        try:
            verb(case)
            done += 1
        except NotPossible as problem:
            why.append(str(problem))
    return done, list(dict.fromkeys(why))


