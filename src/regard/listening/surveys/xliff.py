"""A survey's texts and their translation into one language as XLIFF: 2.0 out; 2.0, 2.1 and 1.2 back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from xml.etree import ElementTree as ET
from xml.sax.saxutils import escape, quoteattr

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import fromstring  # type: ignore[import-untyped]
from django.utils.translation import gettext as _

from regard.listening.surveys.definition import BadSurvey, Survey, read, written
from regard.listening.surveys.translations import Taken, take, texts_of

_NEW, _OLD = "urn:oasis:names:tc:xliff:document:2.", "urn:oasis:names:tc:xliff:document:1.2"
_MOST_UNITS = 20_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})?")
#: What XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def to_xliff(survey: Survey, language: str, *, name: str) -> str:
    """From the survey's first language into another, one that it speaks or a new one. Raises BadSurvey."""
    first = survey.languages[0]
    if not _LANGUAGE.fullmatch(language) or language == first:
        raise BadSurvey(
            _("Choose the language to translate into, such as fr or pt-BR; it is not the survey’s first one.")
        )
    units = "".join(
        f'<unit id={quoteattr(place)}><segment state="{"translated" if words.get(language, "").strip() else "initial"}">'
        f"<source>{_plain(words.get(first, ''))}</source>"
        + (f"<target>{_plain(words[language])}</target>" if words.get(language, "").strip() else "")
        + "</segment></unit>\n"
        for place, words in texts_of(written(survey))
        if words.get(first, "").strip()
    )
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<xliff xmlns="{_NEW}0" version="2.0" srcLang="{first}" trgLang="{language}">\n'
        f'<file id={quoteattr(name)} xml:space="preserve">\n{units}</file>\n</xliff>\n'
    )


def from_xliff(survey: Survey, given: bytes) -> Taken:
    """The survey with the targets of such a file; an empty target changes nothing, and neither does one in the first language. Raises BadSurvey."""
    try:
        root = fromstring(given, forbid_dtd=True)
    except (ET.ParseError, DefusedXmlException, ValueError, LookupError, RecursionError):
        raise BadSurvey(_("This file cannot be read as XLIFF: export it again from the translation tool.")) from None
    space, _brace, tag = root.tag.removeprefix("{").partition("}")
    if tag != "xliff" or not (space.startswith(_NEW) or space == _OLD):
        raise BadSurvey(_("This is XML, but no XLIFF of version 1.2 or 2."))
    told = list(_told(root, space))
    languages = list(dict.fromkeys(language for _place, language, _text in told))
    if not told or not all(_LANGUAGE.fullmatch(language) for language in languages):
        raise BadSurvey(
            _(
                "The file does not say into which language it is translated (trgLang or target-language), or has no texts."
            )
        )
    first = survey.languages[0]
    return take(
        read(written(survey)),
        ((place, language, text) for place, language, text in told if language != first),
        languages=[language for language in languages if language != first],
    )


def _told(root: ET.Element, space: str) -> Iterator[tuple[str, str, str]]:
    n = f"{{{space}}}"
    if space == _OLD:
        for file in root.iter(f"{n}file"):
            language = _named(file.get("target-language", ""))
            for unit in list(file.iter(f"{n}trans-unit"))[:_MOST_UNITS]:
                yield unit.get("resname") or unit.get("id") or "", language, _said(unit.find(f"{n}target"))
        return
    language = _named(root.get("trgLang", ""))
    for unit in list(root.iter(f"{n}unit"))[:_MOST_UNITS]:
        parts = [segment.find(f"{n}target") for segment in unit.iter(f"{n}segment")]
        between = [_said(part.find(f"{n}source")) for part in unit.iter(f"{n}ignorable")]
        whole = (between[0] if between else " ").join(_said(part) for part in parts if part is not None)
        yield unit.get("id", ""), language, whole if all(part is not None for part in parts) else ""


def _said(element: ET.Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def _named(language: str) -> str:
    """`FR_ca` → `fr-CA`."""
    base, _dash, region = language.strip().replace("_", "-").partition("-")
    return f"{base.lower()}-{region}" if region else base.lower()


def _plain(text: str) -> str:
    return escape(_CONTROL.sub("", text))
