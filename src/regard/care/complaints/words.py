"""What those who complain read, in their language."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import translation
from django.utils.formats import date_format

from regard.care.closures.words import book, in_language, language_of
from regard.care.complaints.models import Complaint, Ruled
from regard.web.numbers import money


def phrases(language: str) -> Mapping[str, Any]:
    return in_language(book(__package__), language)


def languages() -> list[str]:
    return list(book(__package__))


def day(moment: datetime | date, language: str, zone: Any) -> str:
    """As it is written in that language, on the calendar of the company."""
    local = moment.astimezone(zone).date() if isinstance(moment, datetime) else moment
    with translation.override(language):
        return str(date_format(local, "DATE_FORMAT"))


def _said(complaint: Complaint) -> tuple[Mapping[str, Any], dict[str, str]]:
    """The phrases of the customer's language, and what can stand in them."""
    case, rule = complaint.case, complaint.rule
    language = language_of(case)
    zone = case.workspace.zone
    website = f" ({rule.website})" if rule.website else ""
    values = {
        "number": f"#{case.number}", "received": day(complaint.received, language, zone), "answer_by": day(complaint.answer_by, language, zone),
        "company": case.workspace.name, "authority": rule.authority, "website": website,
    }  # fmt: skip
    return phrases(language), values


def _letter(complaint: Complaint, *parts: str) -> str:
    say, values = _said(complaint)
    name = complaint.case.profile.name if complaint.case.profile else ""
    hello = say["hello"].format(name=name) if name else say["hello_nobody"]
    return "\n\n".join([hello, *filter(None, parts), say["bye"].format(**values)])


def acknowledgement(complaint: Complaint) -> tuple[str, str]:
    """Its subject and its text."""
    say, values = _said(complaint)
    later = say["refer_open"].format(**values) if complaint.rule.authority else ""
    return say["ack_subject"].format(**values), _letter(complaint, say["ack"].format(**values), later)


def how_it_stands(complaint: Complaint, text: str) -> str:
    say, values = _said(complaint)
    return _letter(complaint, say["update"].format(**values, text=text))


def final_response(complaint: Complaint, ruled: Ruled, amount: Decimal, until: date | None) -> str:
    """A draft of it, from the decision, the money that was approved, and whom they may go to."""
    say, values = _said(complaint)
    case = complaint.case
    language = language_of(case)
    with translation.override(language):
        given = say["redress"].format(amount=money(float(amount), case.workspace.currency)) if amount else ""
    refer = ""
    if complaint.rule.authority:
        refer = say["refer_until" if until else "refer"].format(**values, until=day(until, language, case.workspace.zone) if until else "")
    return _letter(complaint, f"{say['final'].format(**values)} {say[ruled.ruling]}", ruled.reasons, given, refer)
