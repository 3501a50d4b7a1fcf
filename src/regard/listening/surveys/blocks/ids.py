"""Ids that follow from what is written, and are unique."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_WORDS, _LONGEST = 5, 32
#: Left out where there are words enough without them.
_SMALL_WORDS = (
    "a an and are at did do does for from have how i in is it of on or our s that the this to us was we were what with you your "
    "au avec avez ce cette comment d de des du est et etes il l la le les nous par pour que quel quelle qu un une vos votre vous "
    "das der die ein eine einen hat ihr ihre ihren ist mit sie uns und war waren was wie zu"
)
_SMALL = frozenset(_SMALL_WORDS.split())


def new_id(text: str, taken: Collection[str], *, otherwise: str) -> str:
    """`It was easy to get help` → `easy_get_help`; with a number where that is taken; `otherwise` where nothing of it can be written so."""
    plain = unicodedata.normalize("NFKD", text.replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    words = re.findall(r"[a-z0-9]+", re.sub(r"\{\{.*?\}\}", " ", plain))
    telling = [word for word in words if word not in _SMALL] or words
    name = "_".join(telling[:_WORDS])[:_LONGEST].strip("_")
    if not re.match(r"[a-z]", name):
        name = f"{otherwise}_{name}".rstrip("_")[:_LONGEST] if name else otherwise
    made, count = name, 1
    while made in taken:
        count += 1
        made = f"{name}_{count}"
    return made
