"""What a page asks to be done with cases: one verb for each `act`, on one case or on many."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from functools import partial

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _

from regard.care.cases import work
from regard.care.cases.close import close, reopen
from regard.care.cases.models import Case
from regard.care.cases.queries import one, seen
from regard.care.cases.weigh import weigh
from regard.care.cases.work import NotPossible
from regard.care.files.receive import uploaded
from regard.care.handoffs.rate import rate
from regard.care.letters.write import WAYS, write
from regard.care.queues.models import Cause, Priority, Queue
from regard.customers.contact.channels import Channel
from regard.workspace.members.middleware import RegardRequest
from regard.workspace.members.models import Member
from regard.workspace.units.models import Unit

_SNOOZES = {"3h": timedelta(hours=3), "1d": timedelta(days=1), "3d": timedelta(days=3), "7d": timedelta(days=7)}


def verb(request: RegardRequest, given: Mapping[str, str], *, now: datetime) -> Callable[[Case], object]:
    """Raises NotPossible for what makes no sense, before anything is done."""
    act, _sep, which = given.get("act", "").partition(":")
    by = request.user.email
    match act:
        case "open" | "waiting":
            return partial(work.move, state=act, by=by, now=now)
        case "take":
            return partial(work.give, to=request.member, by=by, now=now, giver=request.member)
        case "give":
            return partial(work.give, to=_member(request, given.get("to", "")), by=by, now=now, giver=request.member)
        case "hand":
            return partial(work.hand, queue=_queue(request, given), unit=_unit(request, given), by=by, now=now, giver=request.member)
        case "priority" if given.get("priority", "") in {str(value) for value in Priority.values}:
            return partial(work.prioritise, priority=int(given["priority"]), by=by, now=now)
        case "rename":
            return partial(work.rename, title=given.get("title", ""), by=by, now=now)
        case "weigh":
            return partial(weigh, by=by, now=now)
        case "note":
            return partial(work.note, text=given.get("text", ""), by=by, now=now, member=request.member, files=uploaded(request))
        case "call":
            return partial(work.called, text=given.get("text", ""), by=request.member, now=now)
        case "write":
            channel = next((way for way in WAYS if way == given.get("channel")), Channel.EMAIL)
            return partial(
                write, text=given.get("text", ""), by=by, now=now, channel=channel, wait="wait" in given, files=uploaded(request),
                enclosed=request.POST.getlist("enclosed"),
            )  # fmt: skip
        case "tag":
            return partial(work.tag, name=given.get("tag", ""), by=by, now=now)
        case "untag":
            return partial(work.tag, name=which, by=by, now=now, off=True)
        case "tick":
            return partial(work.tick, point=which, by=by, now=now)
        case "cause":
            return partial(work.find_cause, cause=_cause(request, given), by=by, now=now)
        case "snooze":
            return partial(work.snooze, until=_until(request, given, now), by=by, now=now)
        case "wake":
            return partial(work.snooze, until=None, by=by, now=now)
        case "watch" | "unwatch":
            return partial(work.watch, member=request.member, on=act == "watch")
        case "merge":
            return partial(work.merge, into=_other(request, given), by=by, now=now)
        case "join":
            return partial(work.join, parent=_other(request, given), by=by, now=now)
        case "part":
            return partial(work.join, parent=None, by=by, now=now)
        case "close":
            ask = "ask" in given if "asked" in given else None
            said, cause = given.get("outcome", ""), _cause(request, given)
            if ask and not said.strip():
                raise NotPossible(_("Say what was done: the customer reads it when they are asked whether it is solved. Or do not ask them."))
            return partial(close, by=by, now=now, outcome=said, cause=cause, ask=ask, closer=request.member)
        case "rate":
            return partial(rate, number=_number(which), good=given.get("good") == "yes", missing=given.get("missing", ""), by=request.member, now=now)
        case "reopen":
            return partial(reopen, by=by, now=now, why=given.get("text", ""))
    raise NotPossible(_("That is nothing that can be done with a case."))


def _member(request: RegardRequest, text: str) -> Member | None:
    if text in ("", "nobody"):
        return None
    pk = request.member.pk if text == "me" else _number(text)
    found = Member.objects.filter(pk=pk, workspace=request.workspace, left=None).first()
    if found is None:
        raise NotPossible(_("There is no such member any more."))
    return found


def _queue(request: RegardRequest, given: Mapping[str, str]) -> Queue | None:
    return Queue.objects.filter(pk=_number(given.get("queue", "")), workspace=request.workspace, retired=None).first()


def _unit(request: RegardRequest, given: Mapping[str, str]) -> Unit | None:
    """Any of the company: what is handed over is handed to those who are not ours."""
    return Unit.objects.filter(pk=_number(given.get("unit", "")), workspace=request.workspace).first()


def _cause(request: RegardRequest, given: Mapping[str, str]) -> Cause | None:
    return Cause.objects.filter(pk=_number(given.get("cause", "")), workspace=request.workspace, retired=None).first()


def _other(request: RegardRequest, given: Mapping[str, str]) -> Case:
    found = one(seen(request.scope, request.member), _number(given.get("other", "").strip().lstrip("#")))
    if found is None:
        raise NotPossible(_("There is no case of this number that you may see."))
    return found


def _until(request: RegardRequest, given: Mapping[str, str], now: datetime) -> datetime:
    if lasting := _SNOOZES.get(given.get("until", "")):
        return now + lasting
    try:
        moment = parse_datetime(given.get("until", ""))
    except ValueError:
        moment = None
    if moment is None:
        raise NotPossible(_("Say until when."))
    return timezone.make_aware(moment, request.workspace.zone) if moment.tzinfo is None else moment


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 10 else 0
