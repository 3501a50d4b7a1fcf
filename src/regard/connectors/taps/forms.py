from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.connectors.taps.environment import Unusable, checked_executable, checked_requirement
from regard.connectors.taps.known_taps import BY_KEY
from regard.connectors.taps.models import Connection


class TapForm(forms.Form):
    """Which tap, and what the connection is called."""

    name = forms.CharField(
        label=_("Name"), max_length=80, help_text=_("How you will know it, such as “HubSpot Europe”.")
    )
    requirement = forms.CharField(
        label=_("Package"), max_length=300, required=False,
        help_text=_("As pip names it: tap-github, or tap-github==2.1.0 to keep to one version. It is installed on this server."),
    )  # fmt: skip
    executable = forms.CharField(
        label=_("Or an executable"), max_length=400, required=False,
        help_text=_("The whole path of a tap that is installed on this server already."),
    )  # fmt: skip
    limit_minutes = forms.IntegerField(
        label=_("Longest run, in minutes"), min_value=1, max_value=10_080, initial=360,
        help_text=_("A run that takes longer is ended; the next goes on from there."),
    )  # fmt: skip

    def __init__(
        self, data: Any = None, *, workspace: int, kind: str = "", but: int | None = None, **more: Any
    ) -> None:
        super().__init__(data, **more)
        self._workspace, self._but = workspace, but
        if kind in BY_KEY and but is None:
            del self.fields["executable"]
            del self.fields["limit_minutes"]

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if Connection.objects.filter(workspace=self._workspace, name=name).exclude(pk=self._but or 0).exists():
            raise forms.ValidationError(_("Another connection has this name."))
        return name

    def clean_requirement(self) -> str:
        text: str = self.cleaned_data["requirement"]
        try:
            return checked_requirement(text) if text else ""
        except Unusable as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean_executable(self) -> str:
        text: str = self.cleaned_data["executable"]
        try:
            return checked_executable(text) if text else ""
        except Unusable as fault:
            raise forms.ValidationError(str(fault)) from None

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        given = [name for name in ("requirement", "executable") if cleaned.get(name)]
        if len(given) != 1 and not self.errors:
            raise forms.ValidationError(_("Give a package or an executable, one of the two."))
        return cleaned


class ScheduleForm(forms.ModelForm):  # type: ignore[type-arg]
    """When it runs by itself."""

    class Meta:
        model = Connection
        fields = ["on", "every", "hours", "at"]
        labels = {
            "on": _("It may run by itself"),
            "every": _("How often"),
            "hours": _("Every … hours"),
            "at": _("At (in the workspace’s time zone)"),
        }
        widgets = {"at": forms.TimeInput(attrs={"type": "time"}, format="%H:%M")}

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["hours"] = forms.IntegerField(label=self.fields["hours"].label, min_value=1, max_value=720)
        self.fields["at"].required = False

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("every") == Connection.Every.DAILY and not cleaned.get("at"):
            self.add_error("at", _("Say at what time."))
        return cleaned
