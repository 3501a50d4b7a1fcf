from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest
from django.utils.translation.trans_real import parse_accept_lang_header


def best_language(request: HttpRequest, offered: Sequence[str]) -> str:
    """The browser's favourite among the languages on offer (`fr` serves `fr-CA`), else the first of them."""
    known = {language.lower(): language for language in offered}
    for wanted, _quality in parse_accept_lang_header(request.headers.get("Accept-Language", "")[:500]):
        for form in (wanted, wanted.partition("-")[0]):
            if form in known:
                return known[form]
    return offered[0]
