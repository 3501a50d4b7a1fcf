"""The splink part: which comparisons, how the model learns, and what it says of each pair.

Fellegi & Sunter (1969), as splink has it: u from random pairs, m by expectation maximisation within blocks.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable
from typing import Any

from regard.customers.duplicates.blocking import Rule
from regard.customers.duplicates.fields import Field, How

SEED = 20260101
_RANDOM_PAIRS = 1e6
_TRAINING_PAIRS = 2_000_000
_TRAININGS = 3
#: The share of duplicates that the strictest rules are taken to find.
_RECALL = 0.7
_NAMES = (0.9, 0.7)

AGREE, CLOSE, DIFFER, MISSING = "agree", "close", "differ", "missing"


def comparisons(fields: list[Field], short: set[int]) -> list[Any]:
    """One for each field, in their order. `short`: places of numbers so short that two differing characters say nothing."""
    import splink.comparison_library as cl

    found = []
    for place, field in enumerate(fields):
        column = f"f{place}"
        if field.how in (How.NAME, How.ADDRESS):
            found.append(cl.JaroWinklerAtThresholds(column, list(_NAMES)).configure(term_frequency_adjustments=True))
        elif field.how == How.EMAIL:
            found.append(cl.JaroWinklerAtThresholds(column, [0.95, 0.88]))
        elif field.how == How.EXACT:
            found.append(cl.ExactMatch(column).configure(term_frequency_adjustments=True))
        else:
            found.append(cl.DamerauLevenshteinAtThresholds(column, [1] if place in short else [1, 2]))
    return found


def score(
    pad: Any, fields: list[Field], rules: list[Rule], short: set[int], *, threshold: float, at: Callable[[str], None]
) -> str:
    """Learn from the table `keyed` and score its pairs. Returns the name of the table of those at or above the threshold.

    Its columns: id_l, id_r, match_probability, match_weight, and for each field gamma_fN, mw_fN and perhaps mw_tf_adj_fN.
    """
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    logging.getLogger("splink").setLevel(logging.ERROR)
    settings = SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="id",
        comparisons=comparisons(fields, short),
        blocking_rules_to_generate_predictions=[block_on(rule.key) for rule in rules],
        probability_two_random_records_match=_prior(pad, fields, rules),
        retain_matching_columns=True,  # without it the levels are not handed out either
        retain_intermediate_calculation_columns=True,
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        linker = Linker(DuckDBAPI(connection=pad).register("keyed"), settings, log_level=logging.ERROR)
        at("u")
        linker.training.estimate_u_using_random_sampling(max_pairs=_RANDOM_PAIRS, seed=SEED)
        for rule in trainings(rules):
            at("m")
            _train(linker, block_on(*(f"f{place}" for place in rule.places), rule.key), rule.pairs)
        at("predict")
        return str(linker.inference.predict(threshold_match_probability=threshold).physical_name)


def trainings(rules: list[Rule]) -> list[Rule]:
    """Rules to learn within: no field stands in two, so that each is learned outside of its own block."""
    chosen: list[Rule] = []
    for rule in sorted(rules, key=lambda rule: (rule.pairs < 50, len(rule.places))):
        if len(chosen) < _TRAININGS and not any(set(rule.places) & set(one.places) for one in chosen):
            chosen.append(rule)
    return chosen


def _train(linker: Any, rule: Any, pairs: int) -> None:
    from splink.internals.exceptions import EMTrainingException

    before = linker._settings_obj.core_model_settings.copy()
    many = {"max_pairs": _TRAINING_PAIRS} if pairs > _TRAINING_PAIRS else {}
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(rule, **many)
    except (EMTrainingException, ValueError):
        linker._settings_obj.core_model_settings = before  # a training that fails leaves its own half behind
        return  # nothing to learn from in these blocks, or nothing that settles: what is usual of such fields stays


def _prior(pad: Any, fields: list[Field], rules: list[Rule]) -> float:
    """How likely two customers, taken at random, are one person: from those who agree in so much that they must be."""
    names = [place for place, field in enumerate(fields) if field.how == How.NAME][:2]
    strict = []
    for rule in rules:
        if fields[rule.places[-1]].how in (How.DATE, How.NUMBER, How.EMAIL, How.ADDRESS) or len(rule.places) > 1:
            beside = [place for place in names if place not in rule.places] or [
                place for other in rules if not set(other.places) & set(rule.places) for place in other.places[:1]
            ][:1]
            if beside:
                equal = " and ".join(f"l.f{place} = r.f{place}" for place in beside)
                strict.append(
                    f"select l.id, r.id from keyed l join keyed r on l.{rule.key} = r.{rule.key} and l.id < r.id and {equal}"
                )
    ((customers,),) = pad.execute("select count(*) from keyed").fetchall()
    every = customers * (customers - 1) / 2
    agreeing = pad.execute(f"select count(*) from ({' union '.join(strict)})").fetchall()[0][0] if strict else 0
    return float(min(0.5, max(agreeing, 1) / _RECALL / every))


def short_numbers(pad: Any, fields: list[Field]) -> set[int]:
    lengths = {
        place: pad.execute(f"select coalesce(avg(length(f{place})), 0) from keyed").fetchall()[0][0]
        for place, field in enumerate(fields)
        if field.how == How.NUMBER
    }
    return {place for place, length in lengths.items() if length < 4.5}


def evidence(fields: list[Field], short: set[int], there: set[str]) -> str:
    """For each field its state and its weight, as SQL over the table that `score` made (whose columns are `there`)."""
    parts = []
    for place, field in enumerate(fields):
        best = 1 if field.how == How.EXACT else 2 if place in short else 3
        adjusted = f" + mw_tf_adj_f{place}" if f"mw_tf_adj_f{place}" in there else ""
        parts.append(
            f"case gamma_f{place} when -1 then '{MISSING}' when 0 then '{DIFFER}' when {best} then '{AGREE}' else '{CLOSE}' end"
        )
        parts.append(f"round(mw_f{place}{adjusted}, 2)")
    return ", ".join(parts)
