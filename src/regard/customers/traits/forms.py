from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from regard.customers.people.slots import SLOTS
from regard.customers.traits.models import Trait, different
from regard.workspace.workspaces.models import Workspace

_YES_NO = [("", "–"), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))]
_MOST_OPTIONS = 200


class NamedForm(forms.Form):
    """About one trait, by its name: one that customers have, or a new one."""

    trait = forms.CharField(
        label=gettext_lazy("Trait"), max_length=200, widget=forms.TextInput(attrs={"list": "traits"})
    )

    def __init__(self, *args: Any, workspace: Workspace, **more: Any) -> None:
        super().__init__(*args, **more)
        self._workspace = workspace

    def clean_trait(self) -> str:
        return named(self.cleaned_data["trait"], self._workspace.pk)


def named(text: str, workspace: int) -> str:
    """The name of a trait that sources and colleagues may speak of. Raises ValidationError."""
    name = text.replace("\0", "").strip()
    if name.startswith("$"):
        raise forms.ValidationError(_("A trait’s name does not begin with $."))
    if name in SLOTS.computed_names(workspace):
        raise forms.ValidationError(
            _("“%(name)s” is a computed trait: it follows from what customers do.") % {"name": name}
        )
    return name


class ValueForm(forms.Form):
    """A value of one trait, asked for as its kind wants it. Left empty: there is none."""

    value: forms.Field

    def __init__(self, *args: Any, trait: Trait | None, **more: Any) -> None:
        super().__init__(*args, **more)
        self._kind = trait.kind if trait else Trait.Kind.TEXT
        self.fields["value"] = _field(trait)

    def clean_value(self) -> Any:
        """As JSON has it: text, number, boolean, list; None when there is none."""
        given = self.cleaned_data["value"]
        if given in (None, ""):
            return None
        match self._kind:
            case Trait.Kind.NUMBER | Trait.Kind.MONEY:
                return int(given) if given == given.to_integral_value() else float(given)
            case Trait.Kind.DATE:
                return given.isoformat()
            case Trait.Kind.BOOLEAN:
                return given == "true"
            case Trait.Kind.LIST:
                return [part.strip() for part in given.split(",") if part.strip()]
            case _:
                return given.replace("\0", "")


def _field(trait: Trait | None) -> forms.Field:
    label, empty = gettext_lazy("Value"), gettext_lazy("Left empty, the customer has none.")
    match trait.kind if trait else Trait.Kind.TEXT:
        case Trait.Kind.NUMBER | Trait.Kind.MONEY:
            named = f"{_('Value')} ({trait.currency})" if trait and trait.currency else label
            return forms.DecimalField(label=named, required=False, max_digits=24, decimal_places=9, help_text=empty)
        case Trait.Kind.DATE:
            return forms.DateField(
                label=label, required=False, widget=forms.DateInput(attrs={"type": "date"}), help_text=empty
            )
        case Trait.Kind.BOOLEAN:
            return forms.ChoiceField(label=label, required=False, choices=_YES_NO)
        case Trait.Kind.CHOICE:
            options = trait.options if trait else []
            return forms.ChoiceField(label=label, required=False, choices=[("", "–"), *((one, one) for one in options)])
        case Trait.Kind.LIST:
            told = gettext_lazy("Several with commas between them. Left empty, the customer has none.")
            return forms.CharField(label=label, max_length=1_000, required=False, help_text=told)
        case _:
            return forms.CharField(label=label, max_length=1_000, required=False, help_text=empty)


class TraitForm(forms.ModelForm):  # type: ignore[type-arg]
    """An entry of the catalogue."""

    options = forms.CharField(
        label=gettext_lazy("What may be chosen"), required=False, widget=forms.Textarea(attrs={"rows": 5}), max_length=20_000,
        help_text=gettext_lazy("One a line. Values are read without regard to capitals and shown as they are spelt here."),
    )  # fmt: skip
    personal = forms.TypedChoiceField(
        label=gettext_lazy("Says who somebody is"), required=False,
        choices=[("", gettext_lazy("as its name tells")), ("true", gettext_lazy("yes")), ("false", gettext_lazy("no"))],
        coerce=lambda text: text == "true", empty_value=None,
        help_text=gettext_lazy("Hidden from roles that need not know who somebody is."),
    )  # fmt: skip

    class Meta:
        model = Trait
        fields = ["name", "title", "kind", "options", "currency", "personal"]

    def __init__(self, *args: Any, workspace: Workspace, **more: Any) -> None:
        super().__init__(*args, **more)
        self.instance.workspace, self._workspace = workspace, workspace
        kept = self.instance.personal
        self.initial = {
            **self.initial, "options": "\n".join(self.instance.options), "personal": "" if kept is None else str(kept).lower(),
            "currency": self.instance.currency or workspace.currency,
        }  # fmt: skip
        if self.instance.pk:
            self.fields["name"].disabled = True

    def clean_name(self) -> str:
        return named(self.cleaned_data["name"], self._workspace.pk)

    def clean_options(self) -> list[str]:
        found = different(self.cleaned_data["options"].replace("\0", "").splitlines())
        if len(found) > _MOST_OPTIONS or any(len(one) > 200 for one in found):
            raise forms.ValidationError(_("At most 200 values of at most 200 characters are taken."))
        return found

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        kind = given.get("kind")
        if kind == Trait.Kind.CHOICE and not given.get("options") and "options" not in self.errors:
            self.add_error("options", _("Say what may be chosen."))
        if kind != Trait.Kind.CHOICE:
            given["options"] = []
        given["currency"] = (given.get("currency") or self._workspace.currency) if kind == Trait.Kind.MONEY else ""
        return given

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]
