"""A rule as the page's form holds it: what was typed stays as it was typed, whatever it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from regard.playbooks.rules.definition import MOST_STEPS, Rule, read, written

WHENS = {
    "answered": _("a customer answers"), "happened": _("something happens"), "case": _("a case changes"), "segment": _("a customer moves"),
    "silent": _("nobody answers"), "clock": _("the clock strikes"),
}  # fmt: skip
STEPS = {
    "case": _("Open a case"), "notify": _("Tell colleagues"), "write": _("Write to the customer"), "offer": _("Make an offer"),
    "wait": _("Wait"), "ask": _("Ask a survey"),
    "assign": _("Give the case to"), "tag": _("Tag"), "trait": _("Set a trait"), "note": _("Note on the timeline"),
    "call": _("Call a webhook or channel"),
    "close": _("Close the case"), "stop": _("Stop"),
}  # fmt: skip
ONLY = {
    "": _("always"), "open": _("only if its case is open"), "closed": _("only if its case is closed"),
    "answered": _("only if they have answered since"), "silent": _("only if they have not answered since"), "in": _("only for customers in"),
    "out": _("only for customers not in"),
}  # fmt: skip
_LISTS = ("touchpoints",)
_NUMBERS = ("segment", "queue", "programme", "member", "endpoint", "offer", "template", "only_segment",
            "priority", "number", "hour", "hold_out", "rest_days", "score")
#: What a part of each kind is asked for, besides its kind.
_WHEN_FIELDS = {
    "answered": ("metric", "op", "score", "touchpoints", "where"), "happened": ("touchpoints", "where"), "case": ("what", "queue"),
    "segment": ("segment", "came"), "silent": ("programme",), "clock": ("every", "hour", "segment"),
}  # fmt: skip
_STEP_FIELDS = {
    "case": ("title", "queue", "priority", "tag", "complaint"),
    "wait": ("number", "unit"), "notify": ("whom", "member", "text"), "assign": ("member",),
    "tag": ("tag",), "write": ("template", "channel", "purpose", "subject", "text"),
    "offer": ("offer", "channel", "purpose", "subject"), "ask": ("programme",), "trait": ("trait", "value"),
    "call": ("endpoint", "text"),
    "note": ("text",), "close": ("text",), "stop": (),
}  # fmt: skip


@dataclass(frozen=True)
class StepDraft:
    number: int
    do: str
    given: Mapping[str, Any]

    @property
    def number_text(self) -> str:
        return str(self.number)

    @property
    def title(self) -> object:
        return STEPS[self.do]


@dataclass
class Draft:
    name: str = ""
    kind: str = "answered"
    when: dict[str, Any] = field(default_factory=dict)
    segment: str = ""
    hold_out: str = "0"
    rest_days: str = "1"
    steps: list[dict[str, Any]] = field(default_factory=list)

    @classmethod
    def begun(cls, rule: Rule) -> Draft:
        told = written(rule)
        when = told["when"]
        return cls(
            told["name"], when["kind"], {**when, "where": "\n".join(when.get("where", ())), "came": "yes" if when.get("came", True) else "",
             "score": "" if when.get("score") is None else f"{when['score']:g}"},
            str(told["segment"] or ""), str(told["hold_out"]), str(told["rest_days"]), [dict(one) for one in told["then"]],
        )  # fmt: skip

    @classmethod
    def posted(cls, given: QueryDict) -> Draft:
        """As it was sent, with what a button asks to be changed in it (`change`: add:case, less:2, up:2)."""
        kind = given.get("kind", "") if given.get("kind", "") in WHENS else "answered"
        when: dict[str, Any] = {name: given.get(f"when-{name}", "") for name in _WHEN_FIELDS[kind] if name not in _LISTS}
        when |= {name: given.getlist(f"when-{name}") for name in _WHEN_FIELDS[kind] if name in _LISTS}
        draft = cls(given.get("name", "")[:120], kind, when, given.get("segment", ""), given.get("hold_out", ""), given.get("rest_days", ""))
        for number in range(MOST_STEPS):
            do = given.get(f"step-{number}-do", "")
            if do in STEPS:
                names = ("only", "only_segment", *_STEP_FIELDS[do])
                draft.steps.append({"do": do, **{name: given.get(f"step-{number}-{name}", "") for name in names}})
        draft._change(*given.get("change", "").partition(":")[::2])
        return draft

    def _change(self, what: str, which: str) -> None:
        place = int(which) if which.isdecimal() and len(which) < 3 else -1
        if what == "add" and which in STEPS and len(self.steps) < MOST_STEPS:
            self.steps.append({"do": which})
        elif what == "less" and 0 <= place < len(self.steps):
            del self.steps[place]
        elif what == "up" and 0 < place < len(self.steps):
            self.steps[place - 1], self.steps[place] = self.steps[place], self.steps[place - 1]

    @property
    def numbered(self) -> list[StepDraft]:
        return [StepDraft(number, one["do"], one) for number, one in enumerate(self.steps)]

    @property
    def full(self) -> bool:
        return len(self.steps) >= MOST_STEPS

    def rule(self) -> Rule:
        """Raises BadRule with a sentence that says what to change."""
        when = {"kind": self.kind, **_plain({name: self.when.get(name) for name in _WHEN_FIELDS[self.kind]})}
        if "where" in when:
            when["where"] = [line.strip() for line in str(when["where"]).splitlines() if line.strip()]
        if self.kind == "segment":
            when["came"] = bool(self.when.get("came"))
        steps = []
        for one in self.steps:
            told = _plain({name: one.get(name) for name in ("only", "only_segment", *_STEP_FIELDS[one["do"]])})
            if "template" in told:  # words typed before it was chosen wait in the form, should they choose otherwise
                told = {name: value for name, value in told.items() if name not in ("channel", "subject", "text")}
            steps.append({"do": one["do"], **told})
        more = _plain({"segment": self.segment, "hold_out": self.hold_out, "rest_days": self.rest_days})
        return read({"name": self.name, "when": when, "then": steps, **more})


def _plain(given: Mapping[str, Any]) -> dict[str, Any]:
    """What is empty is left out; numbers are numbers where they can be."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        if value in ("", None, []):
            continue
        found[name] = _number(value) if name in _NUMBERS else [_number(one) for one in value] if name in _LISTS else value
    return found


def _number(value: object) -> object:
    text = str(value).strip().replace(",", ".")
    try:
        number = float(text)
    except ValueError:
        return text
    return int(number) if number == number and abs(number) < 2**53 and number == int(number) else number
