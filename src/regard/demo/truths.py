"""What is true in the demo company, by construction. `docs/demo.md` tells it; tests hold Regard's numbers
against it.

Scores are drawn from families with an exact mean (`Scale`), so an effect given here in scale points is the
effect on the mean of the answers, not on some hidden variable.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]

MONTHS = 18
DAYS_IN_MONTH = 30.4375

# Billing shocks: a bill of two and a half to four times the usual one hurts for two months.
SHOCK_RATE = 0.022  # of bills
SHOCK_DAYS = 60.0
SHOCK_ON_NPS = -2.2  # points of the 0–10 answer
SHOCK_ON_BILL_CSAT = -1.3  # points of the 1–5 answer
SHOCK_CALLS = 0.55  # more support calls in that month
SHOCK_CHURN = 2.5  # times the usual risk of leaving

# Call-backs instead of queues: reaches the contact centres month by month, from a year after the beginning.
# Strasbourg never gets it: it shows what would have happened without.
CALL_BACK_FROM = {
    "Lille contact centre": 12,
    "Nantes contact centre": 13,
    "Lyon contact centre": 14,
    "Marseille contact centre": 15,
    "Paris contact centre": 16,
}
NEVER_CALL_BACK = "Strasbourg contact centre"
CALL_BACK_ON_CES = 0.9  # points of the 1–7 answer
CALL_BACK_ON_NPS = 0.8  # points of the 0–10 answer after a call
CALL_BACK_RESOLVED = (0.66, 0.80)  # share of calls resolved, before and after
CALL_BACK_HANDOVERS = (0.55, 0.25)  # handovers per call, before and after

# Chats that are passed on from one contact centre to another: whoever has to tell it all again finds it harder.
PASSED_SHARE = 0.25  # of chats
PASSED_ON_CES = -0.9  # points of the 1–7 answer

# The same everywhere from month 12 on: a busy year. Before-and-after alone understates the call-backs by
# this.
BUSY_FROM = 12
BUSY_ON_CES = -0.3

# One region slips: its stores and its network, in the last quarter.
SLIPPING_REGION = "Nord"
SLIP_DAYS = 90.0
SLIP_ON_NPS = -1.4
SLIP_ON_CSAT = -0.7

# Promoters refer: chance of a referral within two months of a relationship answer.
REFERS = {"promoter": 0.20, "passive": 0.05, "detractor": 0.01}

# Silent customers: rarely answer, are less content, and leave more often.
SILENT_SHARE = 0.35
SILENT_ANSWERS = 0.10  # times the usual response rate
SILENT_ON_NPS = -1.0
SILENT_CHURN = 2.2
CHURN = 0.008  # per month, of the others

NPS_MEAN, CES_MEAN, CSAT_MEAN = 7.6, 4.7, 3.9
PERSONAL_SPREAD = 0.7  # standard deviation between customers, NPS points; half of it on CSAT and CES


class Scale:
    """Answers low … high whose mean is exactly the one asked for: p(k) ∝ w(k)·exp(λk), λ solved for the
    mean.
    """

    def __init__(self, low: int, high: int, weights: list[float]) -> None:
        self.low, self.high = low, high
        self.values = np.arange(low, high + 1)
        self.weights = np.array(weights, dtype=np.float64)

    def draw(self, means: Floats, rng: np.random.Generator) -> npt.NDArray[np.int64]:
        """One answer for each mean. Means are held within 0.3 of the ends."""
        cumulated = self._cumulated[self._place(means)]
        return np.asarray(self.low + (rng.random(len(means))[:, None] > cumulated[:, :-1]).sum(axis=1), np.int64)

    def probabilities(self, mean: float) -> Floats:
        return np.asarray(np.diff(self._cumulated[self._place(np.array([mean]))[0]], prepend=0.0))

    def nps(self, mean: float) -> float:
        """The NPS of answers 0–10 that have this mean."""
        p = self.probabilities(mean)
        return float(100 * (p[self.values >= 9].sum() - p[self.values <= 6].sum()))

    def _place(self, means: Floats) -> npt.NDArray[np.int64]:
        return np.clip(np.rint((means - self.low - 0.3) * 100), 0, len(self._cumulated) - 1).astype(np.int64)

    @cached_property
    def _cumulated(self) -> Floats:
        wanted = np.arange(self.low + 0.3, self.high - 0.3 + 1e-9, 0.01)
        below, above = np.full(len(wanted), -20.0), np.full(len(wanted), 20.0)
        for _ in range(60):
            middle = (below + above) / 2
            less = self._mean(middle) < wanted
            below, above = np.where(less, middle, below), np.where(less, above, middle)
        return np.asarray(np.cumsum(self._tilted((below + above) / 2), axis=1))

    def _tilted(self, tilt: Floats) -> Floats:
        centred = self.values - self.values.mean()
        p = self.weights * np.exp(np.outer(tilt, centred))
        return np.asarray(p / p.sum(axis=1, keepdims=True))

    def _mean(self, tilt: Floats) -> Floats:
        return np.asarray(self._tilted(tilt) @ self.values)


NPS = Scale(0, 10, [3, 1, 1, 1.2, 1.2, 2.6, 2.4, 3.6, 5, 4.4, 5.2])
CES = Scale(1, 7, [2, 1.6, 1.8, 2, 3, 3.4, 2.8])
CSAT = Scale(1, 5, [1.8, 1.2, 2, 3.4, 3])
