"""What is shown before an imported survey is kept, and how its texts become plain."""

import html
import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from regard.listening.surveys.imports.plain import plain
from regard.listening.surveys.imports.take import take_file
from regard.listening.surveys.imports.tests.made import SURVEYJS
from regard.listening.surveys.models import Survey
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role


@pytest.mark.parametrize(
    ("given_html", "text"),
    [
        ("a<br/>b", "a\nb"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("x &lt;b&gt; &amp; y", "x <b> & y"),
        ("<script>bad()</script>ok", "ok"),
        ("1 < 2", "1 < 2"),
        ("<img src=x onerror=y>", ""),
        (None, ""),
        (5, "5"),
        ("a\0b", "ab"),
        ("<style>x", ""),
    ],
)
def test_html_becomes_plain_text(given_html, text):
    assert plain(given_html) == text


@pytest.mark.django_db
def test_on_the_page_it_is_looked_at_before_it_is_saved(workspace):
    analyst = signed_in(member(workspace, Role.ANALYST))
    page = analyst.post(
        "/surveys/import", {"file": SimpleUploadedFile("x.json", json.dumps(SURVEYJS).encode())}
    ).content.decode()
    assert (
        "16 questions from SurveyJS can be taken over" in page and "Your photo" in page and not Survey.objects.exists()
    )
    text = page.split('name="text"')[1].split(">", 1)[1].split("</textarea>")[0]
    analyst.post("/surveys/new", {"name": "Your order", "text": html.unescape(text)})
    assert Survey.objects.get().content == take_file(json.dumps(SURVEYJS).encode()).survey
    page = analyst.post(
        "/surveys/import", {"file": SimpleUploadedFile("x.qsf", b"nothing")}, follow=True
    ).content.decode()
    assert "neither JSON nor XML" in page
    assert "Choose a file" in analyst.post("/surveys/import", {}, follow=True).content.decode()
    agent = signed_in(member(workspace, Role.AGENT))
    assert agent.post("/surveys/import", {"file": SimpleUploadedFile("x.json", b"{}")}).status_code == 403
