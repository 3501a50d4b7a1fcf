"""What customers write: sentences put together from fragments that fit cause, mood and language."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import Any, Literal

import numpy as np
import yaml

from regard.demo.population import LANGUAGES, Integers

Mood = Literal["bad", "mixed", "good"]
MOODS: tuple[Mood, ...] = ("bad", "mixed", "good")


@cache
def phrases(language: str) -> dict[str, Any]:
    text = files("regard.demo").joinpath("phrases", f"{language}.yaml").read_text(encoding="utf-8")
    found: dict[str, Any] = yaml.safe_load(text)
    return found


def comments(
    *, language: Integers, cause: list[str], mood: Integers, place: list[str], rng: np.random.Generator
) -> list[str]:
    """One comment for each entry; `mood` is a place in MOODS, `language` one in LANGUAGES."""
    dice = rng.random((len(cause), 7)).tolist()
    return [
        _comment(phrases(LANGUAGES[code]), about, MOODS[feeling], where, die)
        for code, about, feeling, where, die in zip(language.tolist(), cause, mood.tolist(), place, dice, strict=True)
    ]


def _comment(words: dict[str, Any], cause: str, mood: Mood, place: str, die: list[float]) -> str:
    about = words["causes"][cause]
    opening = closing = ""
    if mood == "mixed":
        other = _pick(_other(words, cause, die[1])["bad"], die[2])
        body = f"{_pick(about['good'], die[0])}, {words['but']} {other}"
    else:
        body = _pick(about[mood], die[0])
        opening, closing = _pick(words["open"][mood], die[1]), _pick(words["close"][mood], die[2])
    starts = not opening or opening[-1] in ".!?"
    sentence = (body[0].upper() + body[1:] if starts else body) + "."
    whole = " ".join(part for part in (opening, sentence, closing) if part)
    filled = whole.format(n=2 + int(die[3] * 5), wait=15 + int(die[4] * 45), amount=8 + int(die[5] * 90), place=place)
    return _careless(filled, die[6])


def _other(words: dict[str, Any], cause: str, die: float) -> dict[str, list[str]]:
    names = [name for name in words["causes"] if name != cause and name != "store"]
    chosen: dict[str, list[str]] = words["causes"][names[int(die * len(names))]]
    return chosen


def _careless(text: str, die: float) -> str:
    """Some people write without capitals, some without a full stop, some in a temper."""
    if die < 0.10:
        return text.lower().rstrip(".")
    if die < 0.16:
        return text.rstrip(".") + "!!"
    if die < 0.24:
        return text.rstrip(".")
    return text


def _pick(choices: list[str], die: float) -> str:
    return choices[int(die * len(choices))]
