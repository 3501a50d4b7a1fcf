"""Surveys to begin with, one file each, by the stage of the lifecycle and the touchpoint that they are for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import yaml
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from regard.listening.surveys.definition import Statement, Survey, read


@dataclass(frozen=True)
class Start:
    key: str
    name: str
    when: str | Promise
    survey: Survey

    @property
    def first(self) -> list[str]:
        """What it asks first, in its first language."""
        language = self.survey.languages[0]
        asked = [question for question in self.survey.questions() if not isinstance(question, Statement)]
        return [question.text[language] for question in asked[:3]]


@dataclass(frozen=True)
class Stage:
    name: str | Promise
    starts: list[Start]


#: Stage → the surveys of it, and when to use each.
_STAGES: tuple[tuple[str | Promise, dict[str, str | Promise]], ...] = (
    (
        _("Discovery and purchase"),
        {
            "store_visit": _("On the receipt or at the door, on the day of the visit."),
            "checkout": _("On the page after an order on the web, before they leave."),
            "mystery_visit": _("For your own people who visit a store as a customer would: a checklist of what was promised."),
        },
    ),
    (
        _("First use"),
        {
            "onboarding": _("Two to four weeks after the start, once they have used what they bought."),
            "delivery": _("On the day after something arrived."),
        },
    ),
    (
        _("Use"),
        {
            "product_use": _("Inside the product or by e-mail, after a feature was used a few times."),
            "billing": _("Within three days after the bill, best after the first one and after one that changed."),
        },
    ),
    (
        _("Support"),
        {
            "after_contact": _("Within an hour after a call, chat or visit."),
            "complaint": _("A week after a complaint was closed: whether it is settled for them too."),
            "handoff": _("For colleagues who took over a case from another team: what customers feel later begins here."),
        },
    ),
    (
        _("Relationship and leaving"),
        {
            "relationship": _("Once or twice a year, independent of any contact."),
            "cancellation": _("Right after they cancelled: why, and whether leaving was made easy."),
        },
    ),
)  # fmt: skip


def stages() -> list[Stage]:
    found = starts()
    return [
        Stage(name, [Start(key, found[key][0], when, found[key][1]) for key, when in mine.items()])
        for name, mine in _STAGES
    ]


@cache
def starts() -> dict[str, tuple[str, Survey]]:
    """Key → name and survey."""
    found = {}
    for file in sorted(files(__package__).iterdir(), key=lambda file: file.name):
        if file.name.endswith(".yaml"):
            given = yaml.safe_load(file.read_text(encoding="utf-8"))
            found[file.name.removesuffix(".yaml")] = (str(given.pop("name")), read(given))
    return found


def blank() -> Survey:
    """One question, to build upon."""
    question = {
        "id": "recommend",
        "kind": "nps",
        "text": {"en": "How likely are you to recommend us to a friend or colleague?"},
    }
    return read({"languages": ["en"], "title": {"en": "Your opinion"}, "pages": [{"questions": [question]}]})
