"""Whoever adds a model or a table of the ledger says who keeps its personal data, or that it holds none."""

import pytest
from django.apps import apps

from regard.customers.privacy.prove import path_to_workspace, texts
from regard.customers.privacy.registry import REGISTRY


def held():
    return {place for keeper in REGISTRY.keepers for place in keeper.holds}


@pytest.mark.django_db
def test_every_model_with_words_has_a_keeper_or_a_reason(ledger):
    words = {model._meta.label for model in apps.get_models() if path_to_workspace(model) and texts(model)}
    forgotten = words - held() - REGISTRY.nobody.keys()
    assert not forgotten, f"Add to a privacy.py, or to `nobody` in site/wiring.py: {', '.join(sorted(forgotten))}"


@pytest.mark.django_db
def test_every_model_that_hangs_on_a_profile_has_a_keeper(ledger):
    profile = apps.get_model("customers.Profile")
    hanging = {
        model._meta.label
        for model in apps.get_models()
        if any(field.is_relation and field.related_model is profile for field in model._meta.concrete_fields)
    }
    assert not hanging - held()


@pytest.mark.django_db
def test_every_table_of_the_ledger_has_a_keeper(ledger):
    tables = {
        f"ledger:{table}"
        for (table,) in ledger.unscoped(
            "select distinct table from system.columns where database = currentDatabase() and name = 'workspace'"
        )
    }
    assert not tables - held()


@pytest.mark.django_db
def test_nothing_is_listed_that_is_gone(ledger):
    known = {model._meta.label for model in apps.get_models()}
    listed = {place for place in held() | REGISTRY.nobody.keys() if not place.startswith("ledger:")}
    assert not listed - known
