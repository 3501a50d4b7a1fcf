"""Nested records become columns of text."""

import json

import pytest

from regard.connectors.taps.flatten import BrokenRecord, columns_of, flat, shape_of

SCHEMA = {
    "properties": {
        "id": {"type": "integer"},
        "properties": {"type": ["null", "object"], "properties": {"email": {"type": "string"}, "value": {"type": "number"}}},
        "maybe": {"anyOf": [{"type": "null"}, {"type": "object", "properties": {"a": {"type": "string"}}}]},
        "free": {"type": "object"},
        "_sdc_extracted_at": {"type": "string"},
    }
}  # fmt: skip


def cells(record):
    return flat(json.dumps(record).encode(), shape_of(SCHEMA))


def test_declared_objects_are_opened_and_everything_else_stays_as_it_is():
    record = {
        "id": 7,
        "properties": {"email": "a@b.c", "value": 1.50, "new": [1]},
        "maybe": {"a": "x"},
        "free": {"k": "v"},
        "list": [1, {"a": 2}],
    }
    assert cells(record) == {
        "id": "7", "properties__email": "a@b.c", "properties__value": "1.5", "properties__new": "[1]", "maybe__a": "x",
        "free": '{"k": "v"}', "list": '[1, {"a": 2}]',
    }  # fmt: skip


def test_numbers_stay_as_they_were_written():
    raw = b'{"id": 12345678901234567890123, "properties": {"value": 0.10}}'
    assert flat(raw, shape_of(SCHEMA)) == {"id": "12345678901234567890123", "properties__value": "0.10"}


def test_when_a_record_was_fetched_is_no_part_of_it():
    assert cells({"id": 1, "_sdc_extracted_at": "now", "_sdc_deleted_at": "then"}) == {
        "id": "1",
        "_sdc_deleted_at": "then",
    }
    assert "_sdc_extracted_at" not in columns_of(SCHEMA)


def test_columns_have_their_declared_types():
    assert columns_of(SCHEMA) == {
        "id": "integer",
        "properties__email": "string",
        "properties__value": "number",
        "maybe__a": "string",
        "free": "object",
    }


@pytest.mark.parametrize("raw", [b"[1]", b'"text"', b'{"id": "\\ud800"}', b'{"a": 1'])
def test_what_is_no_record_is_said(raw):
    with pytest.raises(BrokenRecord):
        flat(raw, {})


def test_depth_is_bounded():
    schema = {"type": "object", "properties": {"a": {"type": "string"}}}
    for _ in range(50):
        schema = {"type": "object", "properties": {"a": schema}}
    assert max(name.count("__") for name in columns_of(schema)) <= 6
