"""What was done here is done in Zendesk: letters and notes as comments, each once, and the state. Only on a ticket that is as we know it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.care.cases.models import Case, Step, What
from regard.care.cases.work import note
from regard.care.complaints.complain import BY_ITSELF
from regard.care.files.keep import bytes_of
from regard.care.letters.models import Direction, Letter
from regard.connectors.helpdesk.fields import changes, here, there
from regard.connectors.helpdesk.models import Setback, Ticket, Way
from regard.connectors.helpdesk.states import BY, fits, status_of
from regard.connectors.helpdesk.told import Told
from regard.connectors.helpdesk.trouble import Missing, Unfit
from regard.connectors.helpdesk.zendesk import Zendesk
from regard.customers.contact.channels import Channel
from regard.workspace.members.models import User


def put(row: Ticket, case: Case, api: Zendesk) -> None:
    """Everything that they were not told yet, in order. Raises Conflict where the ticket has changed meanwhile, and other Trouble."""
    since = row.pending
    if row.sending:
        row = settle(row, api)
    try:
        for one in _untold(row, case):
            _send(row, case, one, api)
        _rest(row, case, api)
    except (Missing, Unfit) as problem:
        said = _over(row, api, problem)
        if not said:
            raise
        Ticket.objects.filter(pk=row.pk).update(over=timezone.now(), pending=None, sending="", trouble=said[:300])
        for one in _untold(row, case):
            case.letters.filter(direction=Direction.OUT, at=one.at, text=one.text).update(trouble=_("It was not sent: %(why)s") % {"why": said[:250]})
        return
    Ticket.objects.filter(pk=row.pk, pending=since).update(pending=None)


def _over(row: Ticket, api: Zendesk, problem: Missing | Unfit) -> str:
    """Why nothing can be put any more; "" where it is only this that it does not take."""
    if isinstance(problem, Missing):
        return _("The ticket is not there any more.")
    return _("The ticket is closed for good in Zendesk.") if api.ticket(row.number).status == "closed" else ""


def settle(row: Ticket, api: Zendesk) -> Ticket:
    """Whether what was on its way when a worker ended has arrived: it carries our mark."""
    comments = api.sent(row.number, row.sending)
    if comments is not None:
        _remember(row, told=int(row.sending.rpartition("-")[2]), ours=[*row.ours, *comments], sending="")
    else:
        _remember(row, sending="")
    return row


def _send(row: Ticket, case: Case, one: Step, api: Zendesk) -> None:
    """With what else is to be changed; where it does not take that, the words alone: they are not held back by it."""
    said, status, key = {"comment": _comment(case, one, api)}, _status(row, case), f"{row.pk}-{one.pk}"
    more = {**changes(row, case, api), **({"status": status} if status else {})}
    _remember(row, sending=key)
    try:
        try:
            told, comments = api.put(row.number, {**said, **more}, stamp=row.stamp, key=key)
            even = _even(case, told)
        except Unfit:
            if not more:
                raise
            told, comments = api.put(row.number, said, stamp=row.stamp, key=key)
            even = _known(told)
    except (Missing, Unfit):
        _remember(row, sending="")
        raise
    _remember(row, told=one.pk, sending="", ours=[*row.ours, *comments], **even)


def _rest(row: Ticket, case: Case, api: Zendesk) -> None:
    """What went with no comment. Fields that Zendesk does not take are given up, and named; a state is not, for the case is in it."""
    if fields := changes(row, case, api):
        try:
            told, _comments = api.put(row.number, fields, stamp=row.stamp, key=f"{row.pk}-fields")
            _remember(row, **_known(told))
        except Unfit as problem:
            if _over(row, api, problem):
                raise
            note(case, _("Zendesk does not take what was changed here: %(fields)s.") % {"fields": ", ".join(fields)}, by=BY, now=timezone.now())
    if row.here and case.pk == row.case_id:
        _remember(row, here=here(case))
    if status := _status(row, case):
        told, _comments = api.put(row.number, {"status": status}, stamp=row.stamp, key=f"{row.pk}-state")
        _remember(row, **_known(told))


def _even(case: Case, told: Told) -> dict[str, Any]:
    """Both sides know this of one another."""
    return {**_known(told), "here": here(case)}


def _known(told: Told) -> dict[str, Any]:
    return {"status": told.status, "stamp": told.updated_at, "there": there(told)}


def _status(row: Ticket, case: Case) -> str:
    """What the ticket is to become; "" where it is that, or where theirs could not be followed and somebody has to look."""
    return "" if row.trouble or fits(case, row.status) else status_of(case)


def _untold(row: Ticket, case: Case) -> list[Step]:
    """What people of ours did, and what the customer said to us, in their order; nothing that came from there."""
    people = Q(what__in=(What.NOTE, What.CALLED, What.WROTE, What.CLOSED, What.REOPENED), by__contains="@")
    customer = Q(what__in=(What.DENIED, What.CONFIRMED))
    by_itself = Q(what=What.WROTE, by=BY_ITSELF)
    return list(case.steps.filter(people | customer | by_itself, pk__gt=row.told).exclude(text="").order_by("pk"))


def _comment(case: Case, one: Step, api: Zendesk) -> dict[str, object]:
    letter = case.letters.filter(direction=Direction.OUT, at=one.at, text=one.text).first() if one.what == What.WROTE else None
    if letter is not None and letter.channel == Channel.EMAIL:
        token = _uploaded(letter, api)
        return {"body": one.text, "public": True, **({"uploads": [token]} if token else {})}
    by = str(User.objects.filter(email=one.by).first() or one.by) if one.by else _("The customer")
    how = f" ({letter.channel})" if letter is not None else ""
    return {"body": f"{by} {What(one.what).label}{how} (Regard #{case.number}):\n\n{one.text}", "public": False}


def _uploaded(letter: Letter, api: Zendesk) -> str:
    """Its files, under one token; "" where it has none. What no comment comes for is deleted there after an hour."""
    token = ""
    for one in letter.files.all():
        body = bytes_of(one)
        if body is not None:
            api.hold()
            token = api.upload(one.name, one.kind, body, token)
    return token


def _remember(row: Ticket, **fields: Any) -> None:
    """Committed at once: what was told is known whatever comes after."""
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=list(fields))


def note_cases(workspace: int, cases: list[int]) -> None:
    """Something happened to these: those that are tickets may have to be told there, also where they were left to rest."""
    tickets = Ticket.objects.filter(desk__workspace=workspace, desk__puts=True, over=None)
    found = tickets.filter(Q(case__in=cases) | Q(case__merged_into__in=cases))
    found.update(pending=timezone.now())
    Setback.objects.filter(desk__workspace=workspace, way=Way.PUT, number__in=found.values("number")).update(again=timezone.now())


def carries(case: Case) -> bool:
    """Whether letters of a case go to the customer through Zendesk."""
    return Ticket.objects.filter(Q(case=case) | Q(case__merged_into=case), desk__puts=True, over=None).exclude(status="closed").exists()


def waiting(now: datetime) -> Q:
    return Q(pending__lte=now, over=None) & ~Q(case=None)
