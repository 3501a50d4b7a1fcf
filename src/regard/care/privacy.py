"""What was done for customers: their cases, letters, files, and what they said when these were closed.

Cases of somebody erased go with them. Of somebody anonymised a case stays as one of nobody, without its words and letters: how long it took
still counts. Names of others in the words of cases go out of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO

from django.db.models import CharField, F, Model, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from regard.care.cases.models import Case, Step
from regard.care.cases.news import about
from regard.care.closures.models import Closure
from regard.care.complaints.models import Answer, Assessment, Complaint, Extension, Finding, Referral, Ruled
from regard.care.complaints.redress.models import Redress
from regard.care.files.keep import let_go, open_file
from regard.care.files.models import CaseFile
from regard.care.handoffs.models import Reception
from regard.care.letters.models import Letter
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import replacing
from regard.outreach.notices.tell import forget

_GONE = "…"
#: What was done about complaints: what it is called, its rows, and what a customer is told of them.
_OF_COMPLAINTS: tuple[tuple[str, type[Model], tuple[str, ...]], ...] = (
    ("assessments of complaints", Assessment, ("at", "severity", "safety", "vulnerable", "urgent", "text")),
    ("findings about complaints", Finding, ("at", "text")),
    ("complaints put off", Extension, ("at", "until", "text")),
    ("decisions on complaints", Ruled, ("at", "ruling", "reasons")),
    ("redress", Redress, ("at", "kind", "amount", "reason", "approved", "refused", "paid")),
    ("final responses", Answer, ("at", "text", "how", "refer_until")),
    ("complaints at the ombudsman", Referral, ("at", "authority", "reference", "decided", "overturned", "outcome")),
)
#: Where words of people stand in complaints.
_WORDS: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Assessment, ("text",)), (Finding, ("text",)), (Extension, ("text",)), (Ruled, ("reasons",)), (Redress, ("reason", "refusal")),
    (Answer, ("text",)), (Referral, ("outcome",)),
)  # fmt: skip


def _count(subject: Subject) -> int:
    return Case.objects.filter(profile__in=subject.profiles).count()


def _export(subject: Subject) -> Iterator[Section]:
    cases = Case.objects.filter(profile__in=subject.profiles).order_by("opened")
    yield Section(
        "cases",
        cases.annotate(queue_name=F("queue__name"), unit_name=F("unit__name"))
        .values("number", "title", "queue_name", "unit_name", "state", "words", "score", "opened", "responded", "closed", "tags")
        .iterator(),
    )
    letters = Letter.objects.filter(case__profile__in=subject.profiles).order_by("at")
    yield Section("letters", letters.values("case__number", "direction", "channel", "address", "subject", "text", "at").iterator())
    steps = Step.objects.filter(case__profile__in=subject.profiles).exclude(text="").order_by("at")
    yield Section("steps of cases", steps.values("case__number", "at", "by", "what", "text").iterator())
    files = CaseFile.objects.filter(case__profile__in=subject.profiles).order_by("at")
    yield Section("files of cases", files.values("id", "case__number", "name", "kind", "size", "by", "at").iterator())
    said = Closure.objects.filter(case__profile__in=subject.profiles).order_by("at")
    yield Section("closings of cases", said.values("case__number", "at", "outcome", "says", "said", "words").iterator())
    came = Reception.objects.filter(profile__in=subject.profiles).order_by("at")
    yield Section("matters handed over", came.annotate(to_unit_name=F("to_unit__name")).values("at", "to_unit_name", "good", "missing").iterator())
    complaints = Complaint.objects.filter(case__profile__in=subject.profiles).order_by("received")
    told = ("case__number", "received", "via", "remedy", "wish", "complainant", "acknowledged", "answer_by", "answered", "withdrawn")
    yield Section("complaints", complaints.values(*told).iterator())
    for name, model, columns in _OF_COMPLAINTS:
        rows = model.objects.filter(complaint__case__profile__in=subject.profiles).order_by("pk")  # type: ignore[attr-defined]
        yield Section(name, rows.values("complaint__case__number", *columns).iterator())


def _files(subject: Subject) -> Iterator[tuple[str, IO[bytes]]]:
    for file in CaseFile.objects.filter(case__profile__in=subject.profiles).order_by("at"):
        if (content := open_file(file)) is not None:
            yield f"{file.pk} {file.name}", content


def _erase(taken: Taken) -> int:
    theirs = Case.objects.filter(profile__in=taken.profiles)
    forget([about(one) for one in theirs.only("pk")])
    files = let_go(list(theirs.values_list("pk", flat=True)))
    if taken.anonymise:
        Letter.objects.filter(case__in=theirs).delete()
        Step.objects.filter(case__in=theirs).update(text="")
        Closure.objects.filter(case__in=theirs).update(words="", outcome="")
        Complaint.objects.filter(case__in=theirs).update(wish="", complainant="")
        for model, columns in _WORDS:
            rows = model.objects.filter(complaint__case__in=theirs)  # type: ignore[attr-defined]
            rows.update(**dict.fromkeys(columns, ""))
        Referral.objects.filter(complaint__case__in=theirs).update(reference="")
        count = theirs.update(title=_GONE, words="", profile=None, response=None, origin="", tags=[])
    else:
        count, _by_model = theirs.delete()
    came = Reception.objects.filter(profile__in=taken.profiles)
    count += came.update(profile=None, missing="", row=Concat(Value("gone "), Cast("pk", CharField()))) if taken.anonymise else came.delete()[0]
    return count + files + _unname(taken)


def _unname(taken: Taken) -> int:
    """Words of other people's cases that name them."""
    if not taken.needles.plain:
        return 0
    replace, count = replacing(taken.needles.compiled), 0
    named: list[tuple[type[Model], tuple[str, ...], str]] = [
        (Case, ("title", "words"), "workspace"), (Step, ("text",), "case__workspace"), (Letter, ("subject", "text"), "case__workspace"),
        (CaseFile, ("name",), "case__workspace"), (Reception, ("missing",), "workspace"), (Closure, ("words", "outcome"), "case__workspace"),
        (Complaint, ("wish", "complainant"), "case__workspace"), *((model, columns, "complaint__case__workspace") for model, columns in _WORDS),
    ]  # fmt: skip
    for model, columns, where in named:
        mine = model.objects.filter(**{where: taken.workspace})  # type: ignore[attr-defined]
        for column in columns:
            for row in mine.filter(**{f"{column}__iregex": taken.needles.postgres}).only("pk", column):
                setattr(row, column, replace(getattr(row, column)))
                row.save(update_fields=[column])
                count += 1
    return count


KEEPER = Keeper(
    "cases", _("Cases and their letters"),
    ("care.Case", "care.Stay", "care.Step", "care.Letter", "care.CaseFile", "care.Closure", "care.Breach", "care.Watcher", "care.Presence",
     "care.Handoff", "care.Reception", "care.Complaint", "care.Assessment", "care.Finding", "care.Extension", "care.Ruled", "care.Redress",
     "care.Answer", "care.Referral", "care.EvidencePack"),
    _count, _export, _erase, files=_files,
)  # fmt: skip
