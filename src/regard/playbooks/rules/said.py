"""A rule in words, as the page of its playbook tells it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.care.queues.models import Priority, Queue
from regard.ledger.touchpoints.models import Touchpoint
from regard.listening.programmes.models import Programme
from regard.loyalty.offers.models import Offer
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.webhooks.models import Endpoint
from regard.playbooks.rules.definition import (
    Answered,
    Ask,
    Assign,
    Call,
    CaseWas,
    Clock,
    Close,
    Happened,
    MakeOffer,
    Moved,
    Note,
    Notify,
    OpenCase,
    Rule,
    SetTrait,
    Silent,
    Step,
    Stop,
    Tag,
    Wait,
    Write,
)
from regard.playbooks.rules.draft import ONLY
from regard.segments.models import Segment
from regard.workspace.members.models import Member


@dataclass(frozen=True)
class Told:
    when: str
    conditions: tuple[str, ...]
    steps: tuple[str, ...]


class Names:
    """Of what rules of a workspace name by number, read once for a page."""

    def __init__(self, workspace: int) -> None:
        mine = {"workspace": workspace}
        self.touchpoints = dict(Touchpoint.objects.filter(**mine).values_list("pk", "name"))
        self.segments = dict(Segment.objects.filter(**mine).values_list("pk", "name"))
        queues = list(Queue.objects.filter(**mine))
        self.queues = {one.pk: one.name for one in queues}
        #: Queues that raise priorities by value or scores; None stands for the one that cases go to that name none.
        self.weighing: set[int | None] = {one.pk for one in queues if one.weighs}
        self.weighing |= {None} if next((one.weighs for one in queues if one.retired is None), False) else set()
        self.programmes = dict(Programme.objects.filter(**mine).values_list("pk", "name"))
        self.endpoints = dict(Endpoint.objects.filter(**mine).values_list("pk", "name"))
        self.offers = dict(Offer.objects.filter(**mine).values_list("pk", "name"))
        self.templates = {one.pk: one for one in MessageTemplate.objects.filter(**mine)}
        self.members = {one.pk: str(one.user) for one in Member.objects.filter(**mine).select_related("user")}


_CASE = {
    "opened": lambda: _("a case is opened"), "closed": lambda: _("a case is closed"), "reopened": lambda: _("a case is opened again"),
    "confirmed": lambda: _("a customer says that it is solved"), "denied": lambda: _("a customer says that it is not solved"),
    "late": lambda: _("a case runs late"), "heard": lambda: _("a customer writes in a case"),
}  # fmt: skip


def told(rule: Rule, names: Names) -> Told:
    conditions = []
    when = rule.when
    if isinstance(when, Answered | Happened):
        if when.touchpoints:
            conditions.append(_("at %(names)s") % {"names": ", ".join(names.touchpoints.get(one, "?") for one in when.touchpoints)})
        conditions += when.where
    if rule.segment is not None:
        conditions.append(_("only customers in “%(name)s”") % {"name": names.segments.get(rule.segment, "?")})
    if rule.rest_days:
        often = ngettext("at most once in %(n)s day for a customer", "at most once in %(n)s days for a customer", rule.rest_days)
        conditions.append(often % {"n": rule.rest_days})
    if rule.hold_out:
        conditions.append(_("%(n)s %% are left alone, to compare") % {"n": rule.hold_out})
    return Told(_when(rule, names), tuple(conditions), tuple(_step(one, names) for one in rule.then))


def _when(rule: Rule, names: Names) -> str:
    match rule.when:
        case Answered(metric=""):
            return _("When a customer answers")
        case Answered(metric=metric, op="fell" | "rose" as op, score=score):
            fell, rose = _("When a customer’s %(metric)s fell by %(score)s or more"), _("When a customer’s %(metric)s rose by %(score)s or more")
            return (fell if op == "fell" else rose) % {"metric": metric.upper(), "score": f"{score:g}"}
        case Answered(metric=metric, op=op, score=score):
            sign = {"<=": "≤", ">=": "≥", "=": "="}[op]
            return _("When a customer answers %(metric)s %(op)s %(score)s") % {"metric": metric.upper(), "op": sign, "score": f"{score:g}"}
        case Happened():
            return _("When something happens")
        case CaseWas(what=what, queue=queue):
            more = f" ({names.queues.get(queue, '?')})" if queue is not None else ""
            return _("When %(what)s") % {"what": _CASE[what]()} + more
        case Moved(segment=segment, came=came):
            said = _("When a customer comes into “%(name)s”") if came else _("When a customer leaves “%(name)s”")
            return said % {"name": names.segments.get(segment, "?")}
        case Silent(programme=programme):
            return _("When an invitation of “%(name)s” runs out unanswered") % {"name": names.programmes.get(programme, "?")}
        case Clock(every=every, hour=hour, segment=segment):
            said = {"day": _("Every day"), "week": _("Every Monday"), "month": _("On the first of each month")}[every]
            return f"{said}, {hour}:00, “{names.segments.get(segment, '?')}”"


def _step(step: Step, names: Names) -> str:
    said = _done(step, names)
    if not step.only:
        return said
    more = f" {names.segments.get(step.only_segment or 0, '?')}" if step.only in ("in", "out") else ""
    return f"{said} ({ONLY[step.only]}{more})"


def _done(step: Step, names: Names) -> str:
    match step:
        case OpenCase(queue=queue, priority=priority):
            where = f" · {names.queues.get(queue, '?')}" if queue is not None else ""
            raised = ", " + _("raised by value or a lowest score") if queue in names.weighing else ""
            return _("Open a case, %(priority)s") % {"priority": Priority(priority).label} + raised + where
        case Wait(number=number, unit=unit):
            counted = {
                "minutes": ngettext("%(n)s minute", "%(n)s minutes", number), "hours": ngettext("%(n)s hour", "%(n)s hours", number),
                "days": ngettext("%(n)s day", "%(n)s days", number),
            }[unit]  # fmt: skip
            return _("Wait %(time)s") % {"time": counted % {"n": number}}
        case Notify(whom="member", member=member, text=text):
            return _("Tell %(who)s: %(text)s") % {"who": names.members.get(member or 0, "?"), "text": text}
        case Notify(whom=whom, text=text):
            who = _("the case’s owner") if whom == "owner" else _("those who answer for the unit")
            return _("Tell %(who)s: %(text)s") % {"who": who, "text": text}
        case Assign(member=member):
            return _("Give the case to %(who)s") % {"who": names.members.get(member, "?")}
        case Tag(tag=tag):
            return _("Tag it “%(tag)s”") % {"tag": tag}
        case Write(template=int() as template):
            return _message(names.templates.get(template))
        case Write(channel=channel, text=text):
            return _("Write by %(channel)s: %(text)s") % {"channel": channel, "text": text[:80]}
        case MakeOffer(channel=channel, offer=offer):
            return _("Offer “%(name)s” by %(channel)s") % {"name": names.offers.get(offer, "?"), "channel": channel}
        case Ask(programme=programme):
            return _("Ask by “%(name)s”") % {"name": names.programmes.get(programme, "?")}
        case SetTrait(trait=trait, value=value):
            return _("Set %(trait)s to %(value)s") % {"trait": trait, "value": value or "–"}
        case Call(endpoint=endpoint):
            return _("Call %(name)s") % {"name": names.endpoints.get(endpoint, "?")}
        case Note(text=text):
            return _("Note: %(text)s") % {"text": text[:80]}
        case Close():
            return _("Close the case")
        case Stop():
            return _("Stop")


def _message(template: MessageTemplate | None) -> str:
    said = _("Write “%(name)s” by %(channel)s") % {
        "name": template.name if template else "?", "channel": template.get_channel_display() if template else "?",
    }  # fmt: skip
    return f"{said}, {_('which is retired')}" if template and template.retired else said
