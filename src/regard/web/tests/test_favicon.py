"""Browsers that ask for /favicon.ico are shown the mark, signed in or not."""

from django.test import Client


def test_the_old_name_leads_to_the_drawing():
    answer = Client().get("/favicon.ico")
    assert answer.status_code == 302
    assert answer["Location"].startswith("/static/regard/mark") and answer["Location"].endswith(".svg")
