from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest

from regard.care.complaints.public.files import FilesField, limits, read_all
from regard.care.complaints.words import phrases
from regard.customers.identity.names import EMAIL, PHONE, Key, normalised

#: A field that no person sees: what is filled in there was filled in by a program.
TRAP = "website"


class ComplaintForm(forms.Form):
    """What anybody can say on the public page, in their language. Nobody is asked to sign in to complain."""

    words = forms.CharField(max_length=10_000, widget=forms.Textarea(attrs={"rows": 6}))
    remedy = forms.ChoiceField(required=False)
    wish = forms.CharField(required=False, max_length=500)
    name = forms.CharField(required=False, max_length=100, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.CharField(required=False, max_length=254, widget=forms.EmailInput(attrs={"autocomplete": "email"}))
    phone = forms.CharField(required=False, max_length=40, widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}))
    customer = forms.CharField(required=False, max_length=80)
    field_order = ("words", "files")

    def __init__(self, request: HttpRequest, *, language: str) -> None:
        posted = request.method == "POST"
        super().__init__(request.POST if posted else None, request.FILES if posted else None)
        self.request = request
        self.fields["files"] = FilesField(required=False)
        self.order_fields(self.field_order)
        self.say = phrases(language)
        labels = {"words": "happened"}
        for name, field in self.fields.items():
            field.label = self.say[labels.get(name, name)]
        self.fields["files"].help_text = limits(self.say)
        self.fields["words"].error_messages["required"] = self.say["need_words"]
        remedy = self.fields["remedy"]
        assert isinstance(remedy, forms.ChoiceField)
        remedy.choices = list(self.say["remedies"].items())

    def clean_email(self) -> str:
        given: str = self.cleaned_data["email"]
        found = normalised(EMAIL, given)
        if given.strip() and not found:
            raise ValidationError(self.say["bad_email"])
        return found

    def clean_phone(self) -> str:
        given: str = self.cleaned_data["phone"]
        found = normalised(PHONE, given)
        if given.strip() and not found.startswith("+"):
            raise ValidationError(self.say["bad_phone"])
        return found

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("email") and not given.get("phone") and not {"email", "phone"} & set(self.errors):
            self.add_error("email", self.say["need_reach"])
        files = given.get("files", [])
        if self.errors and files:
            self.add_error("files", self.say["files_again"])
        elif files:
            try:
                given["files"] = read_all(self.request, files, self.say)
            except ValidationError as problem:
                self.add_error("files", [*problem.messages, self.say["files_again"]])
        return given

    @property
    def keys(self) -> tuple[Key, ...]:
        """What they can be found by: the one that an answer goes to. The other is only kept as they said it, for nobody has checked that both
        are of one person.
        """
        given = self.cleaned_data
        return ((EMAIL, given["email"]),) if given["email"] else ((PHONE, given["phone"]),)

    @property
    def complainant(self) -> str:
        given = self.cleaned_data
        return " · ".join(filter(None, (" ".join(given[name].split()) for name in ("name", "email", "phone", "customer"))))
