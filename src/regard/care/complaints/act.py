"""What the page of a complaint asks to be done with it: one verb for each `act`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial

from django import forms
from django.utils.translation import gettext as _

from regard.care.cases.work import NotPossible
from regard.care.complaints import work
from regard.care.complaints.forms import AssessmentForm, RedressForm
from regard.care.complaints.models import Complaint, Ruling
from regard.care.complaints.redress import award
from regard.workspace.members.middleware import RegardRequest


def verb(request: RegardRequest, given: Mapping[str, str], *, now: datetime) -> Callable[[Complaint], object]:
    """Raises NotPossible for what makes no sense, before anything is done."""
    act, _sep, which = given.get("act", "").partition(":")
    by, text, number = request.user.email, given.get("text", ""), int(which) if which.isdecimal() and len(which) < 10 else 0
    match act:
        case "acknowledge":
            return partial(work.acknowledge, how=given.get("how", ""), by=by, now=now)
        case "assess":
            form = AssessmentForm(given)
            if not form.is_valid():
                raise NotPossible(_problem(form))
            return partial(work.assess, assessment=form.save(commit=False), by=by, now=now)
        case "find":
            return partial(work.find, text=text, by=by, now=now)
        case "inform":
            return partial(work.inform, text=text, by=by, now=now)
        case "extend":
            return partial(work.extend, text=text, by=by, now=now)
        case "offer":
            money = RedressForm(given)
            if not money.is_valid():
                raise NotPossible(_problem(money))
            return partial(award.propose, **money.cleaned_data, by=request.member, now=now)
        case "approve":
            return partial(award.approve, number=number, by=request.member, now=now)
        case "refuse":
            return partial(award.refuse, number=number, why=given.get(f"why-{number}", ""), by=request.member, now=now)
        case "pay":
            return partial(award.pay, number=number, reference=given.get(f"reference-{number}", ""), by=request.member, now=now)
        case "rule" if given.get("ruling") in Ruling.values:
            return partial(work.rule_on, ruling=given["ruling"], reasons=given.get("reasons", ""), by=by, now=now)
        case "rule":
            raise NotPossible(_("Say whether the complaint is upheld."))
        case "answer":
            return partial(work.answer, text=text, how=given.get("how", "") if "otherwise" in given else "", by=by, now=now)
        case "withdraw":
            return partial(work.withdraw, text=text, by=by, now=now)
        case "refer":
            return partial(work.refer, authority=given.get("authority", ""), reference=given.get("reference", ""), by=by, now=now)
        case "settle":
            overturned = given.get("overturned") == "yes"
            return partial(work.settle_referral, number=number, overturned=overturned, outcome=text, by=by, now=now)
    raise NotPossible(_("That is nothing that can be done with a complaint."))


def _problem(form: forms.BaseForm) -> str:
    """The first thing that is wrong in it, with the name of the field."""
    name, problems = next(iter(form.errors.items()))
    return f"{form.fields[name].label}: {problems[0]}" if name in form.fields else str(problems[0])
