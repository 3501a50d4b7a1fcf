from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.customers.privacy.models import Erasure, RetentionRule
from regard.workspace.members.rights import Role
from regard.workspace.workspaces.models import Workspace


class ErasureForm(forms.Form):
    mode = forms.ChoiceField(
        label=_("What goes"),
        choices=[
            (Erasure.Mode.ERASE, _("Erase: the person and everything they said")),
            (Erasure.Mode.ANONYMISE, _("Anonymise: the person goes, their scores stay as nobody’s")),
        ],
        widget=forms.RadioSelect, initial=Erasure.Mode.ERASE,
    )  # fmt: skip
    ground = forms.ChoiceField(
        label=_("Why"),
        choices=[
            one for one in Erasure.Ground.choices if one[0] not in (Erasure.Ground.RETENTION, Erasure.Ground.RESTORED)
        ],
    )
    sure = forms.BooleanField(
        label=_("I have checked that this is the right customer, and that they may ask for it."),
        error_messages={"required": _("Say that you have checked it: this cannot be undone.")},
    )


class RetentionForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = RetentionRule
        fields = ["kind", "days", "anonymise"]

    def __init__(self, *args: Any, workspace: Workspace, **options: Any) -> None:
        super().__init__(*args, **options)
        self.instance.workspace = workspace

    def _get_validation_exclusions(self) -> set[str]:
        """One rule for each kind of data in a workspace."""
        return set(super()._get_validation_exclusions()) - {"workspace"}  # type: ignore[misc]

    def clean(self) -> dict[str, Any]:
        given: dict[str, Any] = super().clean() or {}
        if given.get("anonymise") and given.get("kind") != RetentionRule.Kind.CUSTOMERS:
            self.add_error("anonymise", _("Only whole customers can leave their scores."))
        return given


#: Who decides about personal data sees it.
_MASKABLE = [Role.MANAGER, Role.ANALYST, Role.AGENT]


class MaskingForm(forms.Form):
    roles = forms.MultipleChoiceField(
        label=_("Roles that need not know who somebody is"), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(role.value, role.label) for role in _MASKABLE],
    )  # fmt: skip


class CorrectionForm(forms.Form):
    name = forms.CharField(label=_("Name"), max_length=200, required=False)

    def clean_name(self) -> str:
        return str(self.cleaned_data["name"]).replace("\0", "")


class IdentifierForm(forms.Form):
    namespace = forms.RegexField(
        label=_("Kind"),
        regex=r"^[^\x00-\x1f]+$",
        max_length=64,
        help_text=_("email, phone, user, or a key of your own such as crm."),
    )
    value = forms.CharField(label=_("Value"), max_length=512)
