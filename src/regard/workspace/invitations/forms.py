from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from regard.workspace.members.forms import SeatForm
from regard.workspace.members.models import Member
from regard.workspace.welcome.forms import NameAndPassword


class InvitationForm(SeatForm):
    email = forms.EmailField(label=_("E-mail"), help_text=_("The link works for this address only."))

    def __init__(self, *args: Any, giver: Member, **options: Any) -> None:
        super().__init__(*args, giver=giver, **options)
        self.giver = giver
        self.order_fields(["email", "role", "units"])

    def clean_email(self) -> str:
        email = str(self.cleaned_data["email"]).strip().lower()
        if Member.objects.filter(workspace=self.giver.workspace, user__email=email, left=None).exists():
            raise forms.ValidationError(
                _("%(email)s is a member already. Change their role under Members."), params={"email": email}
            )
        return email


class JoinForm(NameAndPassword):
    """For someone new: the address is the invitation's and cannot be chosen."""

    def __init__(self, *args: Any, email: str, **options: Any) -> None:
        super().__init__(*args, **options)
        self.email_known = email
