"""What was done for customers: their cases, letters, files, and what they said when these were closed.

Cases of somebody erased go with them. Of somebody anonymised a case stays as one of nobody, without its words and letters: how long it took
still counts. Names of others in the words of cases go out of them.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import IO, Any

from django.db.models import F
from django.utils.translation import gettext_lazy as _

from regard.care.cases.models import Case, Step
from regard.care.cases.news import about
from regard.care.closures.models import Closure
from regard.care.files.keep import let_go, open_file
from regard.care.files.models import CaseFile
from regard.care.letters.models import Letter
from regard.customers.privacy.registry import Keeper, Section, Subject, Taken
from regard.ledger.inbox.strike import replacing
from regard.outreach.notices.tell import forget

_GONE = "…"
#: Where people write what may name others.
_WORDS: dict[Any, tuple[str, ...]] = {
    Case: ("title", "words"), Step: ("text",), Letter: ("subject", "text"), CaseFile: ("name",), Closure: ("words", "outcome"),
}  # fmt: skip


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
        count = theirs.update(title=_GONE, words="", profile=None, response=None, origin="", tags=[])
    else:
        count, _by_model = theirs.delete()
    return count + files + _unname(taken)


def _unname(taken: Taken) -> int:
    """Words of other people's cases that name them."""
    if not taken.needles.plain:
        return 0
    replace, count = replacing(taken.needles.compiled), 0
    for model, columns in _WORDS.items():
        mine = model.objects.filter(**{"workspace" if model is Case else "case__workspace": taken.workspace})
        for column in columns:
            for row in mine.filter(**{f"{column}__iregex": taken.needles.postgres}).only("pk", column):
                setattr(row, column, replace(getattr(row, column)))
                row.save(update_fields=[column])
                count += 1
    return count


KEEPER = Keeper(
    "cases", _("Cases and their letters"),
    ("care.Case", "care.Stay", "care.Step", "care.Letter", "care.CaseFile", "care.Closure", "care.Breach", "care.Watcher", "care.Presence",
     "care.Handoff"),
    _count, _export, _erase, files=_files,
)  # fmt: skip
