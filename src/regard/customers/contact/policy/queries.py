from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from regard.customers.contact.channels import ALL, channel_name
from regard.customers.contact.log.models import Excess, FrequencyRule, What
from regard.customers.contact.models import Suppression
from regard.customers.contact.purposes.models import ConsentText, Purpose
from regard.customers.contact.quiet.models import QuietHours, Weekday
from regard.customers.contact.restrain import live
from regard.customers.contact.restraints.models import Restraint
from regard.web.numbers import days as in_days


@dataclass(frozen=True)
class Worded:
    """A purpose, and how many wordings are in force."""

    purpose: Purpose
    languages: list[str]


@dataclass(frozen=True)
class Told:
    """A row with its sentence."""

    pk: int
    sentence: str
    by: str = ""


@dataclass(frozen=True)
class PolicyPage:
    purposes: list[Worded]
    retired: list[Purpose]
    quiet: list[Told]
    frequency: list[Told]
    pauses: list[Restraint]
    suppressed: int


def policy(workspace: int, now: datetime) -> PolicyPage:
    purposes = list(Purpose.objects.filter(workspace_id=workspace))
    languages: dict[int, dict[str, None]] = {}
    for purpose, language in ConsentText.objects.filter(purpose__in=purposes).values_list("purpose", "language"):
        languages.setdefault(purpose, {})[language] = None
    return PolicyPage(
        purposes=[Worded(one, list(languages.get(one.pk, ()))) for one in purposes if one.retired is None],
        retired=[one for one in purposes if one.retired],
        quiet=[Told(row.pk, quiet_sentence(row)) for row in QuietHours.objects.filter(workspace_id=workspace)],
        frequency=[
            Told(rule.pk, frequency_sentence(rule))
            for rule in FrequencyRule.objects.filter(workspace_id=workspace).select_related("purpose")
        ],
        pauses=list(live(workspace, now).filter(profile=None).select_related("unit")),
        suppressed=Suppression.objects.filter(workspace_id=workspace).count(),
    )


def quiet_sentence(row: QuietHours) -> str:
    """`SMS: Mon–Sun 20:00–09:00`."""
    if row.start == row.end and row.start.hour == row.start.minute == 0:
        hours = _("all day")
    else:
        hours = f"{time_format(row.start, 'H:i')}–{time_format(row.end, 'H:i')}"
    days = (
        _("every day")
        if len(set(row.days)) == len(Weekday)
        else ", ".join(str(Weekday(day).label) for day in sorted(row.days))
    )
    return _("%(channel)s: %(days)s, %(hours)s") % {"channel": channel_name(row.channel), "days": days, "hours": hours}


def frequency_sentence(rule: FrequencyRule) -> str:
    """`At most 1 survey by e-mail in 30 days for “Questions”; one more is dropped.`"""
    about = {
        "most": ngettext("%(n)s contact", "%(n)s contacts", rule.most) % {"n": rule.most},
        "days": in_days(rule.days),
        "channel": _("on any channel") if rule.channel == ALL else _("by %(channel)s") % {"channel": channel_name(rule.channel)},
        "purpose": _("for “%(name)s”") % {"name": rule.purpose.name} if rule.purpose else _("for anything"),
        "more": Excess(rule.excess).label,
    }  # fmt: skip
    sentence = _("At most %(most)s %(channel)s %(purpose)s in %(days)s; one more %(more)s.") % about
    sender = f"{rule.sender_kind} {rule.sender_id}".strip()
    if rule.counts != What.CONTACT:
        sentence += " " + _("Counted from when %(what)s.") % {"what": What(rule.counts).label}
    if rule.trait:
        sentence += " " + _("Only where %(trait)s is “%(value)s”.") % {"trait": rule.trait, "value": rule.value}
    return sentence + (" " + _("Only %(sender)s.") % {"sender": sender} if sender else "")
