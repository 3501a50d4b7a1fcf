"""What a public key opens: a widget by its key, or a link by its token."""

from __future__ import annotations

from dataclasses import dataclass

from regard.listening.links.models import Link
from regard.listening.responses.answer import Origin
from regard.listening.surveys.models import Survey, Version
from regard.listening.widgets.models import Widget


@dataclass(frozen=True)
class Door:
    version: Version
    widget: Widget | None = None
    link: Link | None = None

    @property
    def survey(self) -> Survey:
        return self.version.survey

    @property
    def kiosk(self) -> bool:
        return self.link is not None and self.link.kiosk

    def origin(self, *, profile: int | None = None) -> Origin:
        if self.widget is not None:
            return Origin.of_widget(self.widget, profile=profile)
        return Origin.of_link(self.link, profile=profile) if self.link else Origin()

    def own(self, key: str) -> str:
        """The key of a response, which the same page, sent here or on the survey's own page, shares."""
        return f"w{self.widget.pk}/{key}" if self.widget is not None else f"{self.link.pk if self.link else ''}/{key}"

    def at(self, number: int | None) -> Version:
        """The version that somebody was shown, where it is one of this survey's; else what is asked today."""
        if number is None or number == self.version.number:
            return self.version
        return self.survey.versions.filter(number=number).first() or self.version


def door(key: str) -> Door | None:
    """None for a key that never was, one that was closed, and one of a survey that is not asked: they look the same."""
    open_ = {"closed": None, "survey__retired": None}
    widget = Widget.objects.select_related("survey__workspace").defer("survey__draft").filter(key=key, **open_).first()
    link = None
    if widget is None:
        link = Link.objects.select_related("survey__workspace").defer("survey__draft").filter(token=key, **open_).first()
    found = widget or link
    version = found.survey.published if found else None
    if found is None or version is None:
        return None
    version.survey = found.survey
    return Door(version, widget, link)
