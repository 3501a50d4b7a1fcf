"""The customers: who they are, where, since when, what they pay, and what nobody sees (silent, content)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from regard.demo import truths
from regard.demo.places import REGIONS
from regard.demo.truths import MONTHS, Floats

Integers = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]

LANGUAGES = ("fr", "en", "de", "es", "it")
LANGUAGE_SHARES = (0.46, 0.22, 0.12, 0.12, 0.08)
PLANS = ("Start", "Plus", "Max", "Fibre", "Business")
PLAN_SHARES = (0.28, 0.30, 0.16, 0.18, 0.08)
PRICES = np.array([9.99, 19.99, 34.99, 39.99, 54.99])
AGES = ("18–29", "30–44", "45–59", "60+")
FIRST = {
    "fr": ("Camille Louise Hugo Inès Jules Chloé Karim Manon Lucas Léa Antoine Sarah Nathan Emma Paul Zoé Yanis Alice"),
    "en": "Oliver Amelia Harry Isla George Ava Noah Emily Jack Grace Leo Freya Oscar Lily Arthur Ella",
    "de": "Lukas Anna Felix Marie Jonas Lena Paul Sophie Maximilian Emilia Ben Hannah Elias Mia",
    "es": "Lucía Hugo Martín Sofía Daniel María Pablo Paula Alejandro Carmen Javier Elena",
    "it": "Giulia Leonardo Francesco Aurora Alessandro Sofia Lorenzo Chiara Matteo Martina",
}
LAST = {
    "fr": (
        "Martin Bernard Dubois Moreau Laurent Lefebvre Roux Fournier Girard Bonnet Lemaire Mercier Blanc Garnier Faure"
    ),
    "en": "Smith Taylor Brown Wilson Evans Walker Wright Hughes Green Clarke Cooper Ward Bailey",
    "de": "Müller Schmidt Weber Fischer Wagner Becker Hoffmann Schäfer Koch Richter Neumann",
    "es": "García Fernández López Martínez Sánchez Romero Navarro Torres Ruiz Ortega",
    "it": "Rossi Russo Ferrari Bianchi Romano Colombo Ricci Marino Greco Conti",
}


@dataclass(frozen=True)
class Population:
    """Columns of equal length, one entry a customer. Months count from the beginning; `left` is MONTHS when
    they stay.
    """

    region: Integers
    store: Integers  # place among the region's stores
    language: Integers
    plan: Integers
    age: Integers
    joined: Floats  # months; negative before the beginning
    left: Floats
    silent: Flags
    content: Floats  # NPS points above or below the average
    shocked: Flags  # customers × months: a billing shock in that month
    names: list[str]

    def __len__(self) -> int:
        return len(self.region)

    def active(self) -> Flags:
        """customers × months: a customer through the whole of that month."""
        months = np.arange(MONTHS)
        return np.asarray((self.joined[:, None] <= months) & (self.left[:, None] >= months + 1))


def populate(size: int, rng: np.random.Generator) -> Population:
    region = rng.choice(len(REGIONS), size, p=np.array([r.share for r in REGIONS]))
    stores = np.array([len(r.stores) for r in REGIONS])[region]
    language = rng.choice(len(LANGUAGES), size, p=np.array(LANGUAGE_SHARES))
    joined = np.where(rng.random(size) < 0.72, -rng.exponential(30, size), rng.uniform(0, MONTHS - 0.5, size))
    silent = rng.random(size) < truths.SILENT_SHARE
    shocked = rng.random((size, MONTHS)) < truths.SHOCK_RATE
    content = rng.normal(0, truths.PERSONAL_SPREAD, size) + np.where(silent, truths.SILENT_ON_NPS, 0.0)
    return Population(
        region=region,
        store=(rng.random(size) * stores).astype(np.int64),
        language=language,
        plan=rng.choice(len(PLANS), size, p=np.array(PLAN_SHARES)),
        age=rng.choice(len(AGES), size, p=np.array([0.24, 0.30, 0.27, 0.19])),
        joined=joined,
        left=_leave(joined, silent, shocked, rng),
        silent=silent,
        content=content,
        shocked=shocked,
        names=_names(language, rng),
    )


def _leave(joined: Floats, silent: Flags, shocked: Flags, rng: np.random.Generator) -> Floats:
    left = np.full(len(joined), float(MONTHS))
    risk = truths.CHURN * np.where(silent, truths.SILENT_CHURN, 1.0)
    for month in range(MONTHS):
        recent = shocked[:, max(month - 1, 0) : month + 1].any(axis=1)
        goes = (rng.random(len(joined)) < risk * np.where(recent, truths.SHOCK_CHURN, 1.0)) & (joined < month)
        left = np.where(goes & (left == MONTHS), month + rng.random(len(joined)), left)
    return left


def _names(language: Integers, rng: np.random.Generator) -> list[str]:
    first = [FIRST[code].split() for code in LANGUAGES]
    last = [LAST[code].split() for code in LANGUAGES]
    one, two = rng.random(len(language)), rng.random(len(language))
    return [
        f"{first[code][int(a * len(first[code]))]} {last[code][int(b * len(last[code]))]}"
        for code, a, b in zip(language.tolist(), one.tolist(), two.tolist(), strict=True)
    ]
