from __future__ import annotations

from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.core.exceptions import ValidationError
from django.forms import BaseFormSet, formset_factory
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from regard.customers.contact.channels import Channel
from regard.customers.traits.queries import unknown_names
from regard.outreach.messages.piped import holes, traits_in
from regard.outreach.phone.length import length_of
from regard.outreach.templates.models import MessageTemplate
from regard.outreach.templates.write import KNOWN
from regard.warehouse.scope import Scope

_LANGUAGES = sorted(
    ((code, str(info["name_local"])) for code, info in LANG_INFO.items() if "name_local" in info and len(code) == 2),
    key=lambda one: one[1].casefold(),
)  # fmt: skip
#: A text of more parts than this is a letter.
_MOST_PARTS = 6


class TemplateForm(forms.ModelForm):  # type: ignore[type-arg]
    class Meta:
        model = MessageTemplate
        fields = ["name", "channel"]

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        if self.instance.pk:
            self.fields["channel"].disabled = True  # what campaigns were set up with stays what it was

    def _get_validation_exclusions(self) -> set[str]:
        """The name is checked against the workspace's others."""
        return set(super()._get_validation_exclusions()) - {"workspace", "retired"}  # type: ignore[misc]


class WordsForm(forms.Form):
    """What it says in one language."""

    language = forms.ChoiceField(label=_("Language"), choices=_LANGUAGES)
    subject = forms.CharField(label=_("Subject"), required=False, max_length=200)
    text = forms.CharField(
        label=_("Text"), required=False, max_length=10_000, widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_("Empty lines part paragraphs; “# ” makes a heading, “- ” an item of a list."),
    )  # fmt: skip
    button = forms.CharField(label=_("Button"), required=False, max_length=80)
    link = forms.URLField(label=_("Where it leads"), required=False, max_length=500, assume_scheme="https")

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        known = ", ".join(f"{{{{ {name} }}}}" for name in KNOWN)
        self.fields["text"].help_text = gettext("%(how)s In it can stand: %(known)s, and traits as {{ trait:plan }}.") % {
            "how": self.fields["text"].help_text, "known": known
        }  # fmt: skip

    def clean_link(self) -> str:
        link: str = self.cleaned_data["link"]
        if link and not link.startswith("https://"):
            raise ValidationError(_("A button leads to a page: https://…"))
        return link

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        if not given.get("text") and (given.get("subject") or given.get("link")):
            self.add_error("text", gettext("Write what it says."))
        for name in ("subject", "text", "button"):
            if unknown := holes(given.get(name, ""), KNOWN):
                self.add_error(name, gettext("Nothing can stand for “%(name)s”.") % {"name": unknown[0]})
        return given


class Languages(BaseFormSet):  # type: ignore[type-arg]
    channel = Channel.EMAIL.value
    scope: Scope | None = None

    def add_fields(self, form: Any, index: int | None) -> None:
        """The first is for whoever speaks none of the others: it has to be there."""
        super().add_fields(form, index)
        form.fields["text"].required = index == 0

    def clean(self) -> None:
        given = self.languages
        names = [one["language"] for one in given]
        if len(set(names)) < len(names):
            raise ValidationError(_("A language stands here twice."))
        for form in self.forms:
            told = form.cleaned_data if form.is_valid() else {}
            if told.get("text") and self.channel == Channel.EMAIL and not told["subject"]:
                form.add_error("subject", gettext("An e-mail needs a subject."))
            if told.get("text") and self.channel != Channel.EMAIL and (parts := length_of(f"{told['text']} {told['link']}").messages) > _MOST_PARTS:
                form.add_error("text", gettext("It would be paid as %(n)s texts: make it shorter.") % {"n": parts})
        self._refuse_unknown_traits()

    def _refuse_unknown_traits(self) -> None:
        """Such as nobody has: most are misspelt, and leave a gap in every message."""
        right = [form for form in self.forms if form.is_valid()]
        told = [(form, name, traits_in(form.cleaned_data.get(name, ""))) for form in right for name in ("subject", "text", "button")]
        unknown = unknown_names(self.scope, [one for _form, _name, traits in told for one in traits]) if self.scope else []
        for form, name, traits in told:
            if found := next((one for one in traits if one in unknown), None):
                form.add_error(name, gettext("No customer has a trait “%(name)s”: correct it, or enter it in the catalogue of traits first.")
                                % {"name": found})  # fmt: skip

    @property
    def languages(self) -> list[dict[str, str]]:
        """Those with words in them, as they are kept."""
        names = ("language", "subject", "text", "button", "link")
        found = []
        for form in self.forms:
            told = getattr(form, "cleaned_data", {})
            if told.get("text") and not told.get("DELETE"):
                found.append({name: told.get(name, "").replace("\r", "") for name in names})
        return found


LanguagesForm: type[Languages] = formset_factory(WordsForm, formset=Languages, extra=1, max_num=15, can_delete=True)  # type: ignore[assignment]
