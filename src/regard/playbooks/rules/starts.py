"""Playbooks to begin with. What they name (a segment, a programme, a touchpoint) is looked for, and left to be chosen where it is not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


@dataclass(frozen=True)
class Start:
    key: str
    name: StrOrPromise
    text: StrOrPromise
    rules: tuple[dict[str, Any], ...]


_HELLO = "Hello {{ name }},\n\n"

STARTS: dict[str, Start] = {
    one.key: one
    for one in (
        Start(
            "detractor", _("Detractor recovery"), _("Somebody unhappy gets a call within a day, and is asked whether it helped."),
            (
                {"name": "NPS 0 to 6", "when": {"kind": "answered", "metric": "nps", "op": "<=", "score": 6}, "rest_days": 7, "then": [
                    {"do": "case", "priority": 2, "title": "{{ score }} · {{ touchpoint }}", "tag": "recovery"},
                    {"do": "wait", "number": 2, "unit": "days"},
                    {"do": "notify", "only": "open", "whom": "managers", "text": "Case {{ case }} is still open after two days"},
                ]},
                {"name": "Hard to get help", "when": {"kind": "answered", "metric": "ces", "op": "<=", "score": 3}, "rest_days": 7, "then": [
                    {"do": "case", "priority": 3, "title": "{{ score }} · {{ touchpoint }}", "tag": "recovery"},
                ]},
            ),
        ),
        Start(
            "promoter", _("Promoter to reference"), _("Whoever would recommend you is thanked, and asked to."),
            ({"name": "NPS 9 and 10", "when": {"kind": "answered", "metric": "nps", "op": ">=", "score": 9},
              "rest_days": 180, "hold_out": 10, "then": [
                {"do": "trait", "trait": "promoter", "value": "yes"},
                {"do": "wait", "number": 2, "unit": "days"},
                {"do": "write", "purpose": "marketing", "subject": "Thank you", "text": _HELLO
                 + "thank you for your kind words. If you know somebody who would like {{ company }}, we would be glad to meet them."},
            ]},),
        ),
        Start(
            "silent", _("Silent account"), _("Who does not answer any more may be leaving: somebody gets in touch."),
            ({"name": "Never answered", "when": {"kind": "silent", "programme": None},
              "rest_days": 90, "then": [
                {"do": "case", "priority": 4, "title": "Has not answered: get in touch", "tag": "silent"},
            ]},),
        ),
        Start(
            "bill_shock", _("Bill shock"), _("After a bill that is far above the usual one, before the call comes."),
            ({"name": "A bill far above the usual", "when": {"kind": "segment", "segment": None, "came": True},
              "rest_days": 60, "hold_out": 10, "then": [
                {"do": "write", "purpose": "service", "subject": "About your bill", "text": _HELLO
                 + "your bill is higher than usual this time. If anything in it is unclear, answer this message: we explain it line by line."},
                {"do": "wait", "number": 3, "unit": "days"},
                {"do": "notify", "only": "silent", "whom": "managers", "text": "A customer with a much higher bill has not answered"},
            ]},),
        ),
        Start(
            "outage", _("Outage apology"), _("Everybody who was cut off hears from you first, and again when it is mended."),
            ({"name": "Cut off", "when": {"kind": "segment", "segment": None, "came": True},
              "rest_days": 0, "then": [
                {"do": "write", "purpose": "service", "subject": "Your connection", "text": _HELLO
                 + "your connection is down, and it is our fault. We are working on it and write again when it is back."},
            ]},
             {"name": "Back again", "when": {"kind": "segment", "segment": None, "came": False}, "rest_days": 0, "then": [
                {"do": "write", "purpose": "service", "subject": "Your connection is back", "text": _HELLO
                 + "your connection is back. We are sorry for the trouble."},
            ]}),
        ),
        Start(
            "onboarding", _("Onboarding stall"), _("A new customer who does not get going is helped before they give up."),
            ({"name": "Stalled", "when": {"kind": "segment", "segment": None, "came": True},
              "rest_days": 30, "hold_out": 10, "then": [
                {"do": "write", "purpose": "service", "subject": "Can we help you to get started?", "text": _HELLO
                 + "getting started sometimes takes a hand. Answer this message, and we call you."},
                {"do": "wait", "number": 5, "unit": "days"},
                {"do": "case", "only": "in", "only_segment": None, "priority": 3, "title": "Onboarding stalled: call them"},
            ]},),
        ),
        Start(
            "win_back", _("Win-back"), _("Customers at risk of leaving get an offer; some are left alone, to see whether it pays."),
            ({"name": "At risk", "when": {"kind": "segment", "segment": None, "came": True},
              "rest_days": 180, "hold_out": 20, "then": [
                {"do": "case", "priority": 2, "title": "At risk: make an offer", "tag": "win-back"},
                {"do": "wait", "number": 14, "unit": "days"},
                {"do": "trait", "trait": "win_back", "value": "tried"},
            ]},),
        ),
        Start(
            "unsolved", _("Not solved"), _("A customer who says that it is not solved does not wait a second time."),
            ({"name": "Not solved", "when": {"kind": "case", "what": "denied"},
              "rest_days": 0, "then": [
                {"do": "tag", "tag": "not solved"},
                {"do": "notify", "whom": "managers", "text": "A customer says that case {{ case }} is not solved"},
            ]},),
        ),
    )
}  # fmt: skip
