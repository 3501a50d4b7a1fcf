"""Texts go to a translator's tool as XLIFF and come back."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from regard.listening.surveys.definition import BadSurvey
from regard.listening.surveys.models import Survey
from regard.listening.surveys.starts import starts
from regard.listening.surveys.xliff import from_xliff, to_xliff
from regard.testing.people import member, signed_in
from regard.workspace.members.rights import Role

CONTENT = starts()["delivery"][1]


@pytest.mark.parametrize("key", starts())
def test_a_file_that_comes_back_as_it_went_changes_nothing(key):
    content = starts()[key][1]
    for language in content.languages[1:]:
        taken = from_xliff(content, to_xliff(content, language, name="survey-1").encode())
        assert (taken.survey, taken.changed, taken.unknown) == (content, 0, ())


def test_a_new_language_is_filled_and_empty_targets_take_nothing_away():
    text = to_xliff(CONTENT, "de", name="survey-1")
    assert 'trgLang="de"' in text and "<target>" not in text
    text = text.replace(
        "<source>Your delivery</source>",
        "<source>Your delivery</source><target>Ihre &lt;Lieferung&gt; &amp; mehr</target>",
    )
    text = text.replace(
        "</file>", '<unit id="nobody.text"><segment><source>x</source><target>y</target></segment></unit></file>'
    )
    taken = from_xliff(CONTENT, text.encode())
    assert taken.survey.languages == ("en", "fr", "de") and taken.changed == 1 and taken.unknown == ("nobody.text",)
    assert taken.survey.title == CONTENT.title | {"de": "Ihre <Lieferung> & mehr"}
    again = to_xliff(CONTENT, "fr", name="s").replace("Votre livraison", "")
    assert from_xliff(CONTENT, again.encode()).survey == CONTENT


def test_segments_and_marks_of_a_tool_are_put_together():
    text = """<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" version="2.1" srcLang="en" trgLang="DE"><file id="f"><unit id="title">
    <segment><source>Your</source><target>Ihre <pc id="1">schöne</pc></target></segment><ignorable><source> </source></ignorable>
    <segment><source>delivery</source><target>Lieferung</target></segment></unit>
    <unit id="more.text"><segment><source>a</source><target>halb</target></segment><segment><source>b</source></segment></unit></file></xliff>"""
    taken = from_xliff(CONTENT, text.encode())
    assert taken.survey.title["de"] == "Ihre schöne Lieferung" and "de" not in taken.survey.question("more").text


def test_older_files_are_taken_too():
    text = """<?xml version="1.0"?><xliff version="1.2" xmlns="urn:oasis:names:tc:xliff:document:1.2"><file original="x" source-language="en"
    target-language="pt_br" datatype="plaintext"><body><trans-unit id="title"><source>Your delivery</source><target>Sua entrega</target></trans-unit>
    <trans-unit id="more.text"><source>x</source><target/></trans-unit></body></file></xliff>"""
    assert from_xliff(CONTENT, text.encode()).survey.title["pt-br"] == "Sua entrega"


BOMB = '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">&b;</xliff>'
OUTSIDE = '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><xliff xmlns="urn:oasis:names:tc:xliff:document:2.0">&a;</xliff>'


@pytest.mark.parametrize(
    "given",
    [
        b"",
        b"<",
        b"<x/>",
        b"\x00\xff",
        BOMB.encode(),
        OUTSIDE.encode(),
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0"/>',
        b'<?xml version="1.0" encoding="nonsense"?><x/>',
        b"<a>" * 60_000,
        b'<xliff xmlns="urn:oasis:names:tc:xliff:document:2.0" trgLang="no language">'
        b'<unit id="title"><segment><target>x</target></segment></unit></xliff>',
    ],
)
def test_what_is_no_xliff_is_refused_with_a_sentence(given):
    with pytest.raises(BadSurvey) as refused:
        from_xliff(CONTENT, given)
    assert 10 < len(str(refused.value)) < 200


@pytest.mark.django_db
def test_on_the_page_it_is_downloaded_and_brought_back(workspace):
    survey = Survey(workspace=workspace, name="Delivery")
    survey.keep(CONTENT, by="x")
    client = signed_in(member(workspace, Role.ANALYST))
    got = client.get(f"/surveys/{survey.pk}/translations.xlf?to=de")
    assert got["Content-Type"].startswith("application/xliff+xml") and "attachment" in got["Content-Disposition"]
    text = got.content.decode().replace(
        "<source>Anything else?</source>", "<source>Anything else?</source><target>Noch etwas?</target>"
    )
    client.post(f"/surveys/{survey.pk}/translations", {"file": SimpleUploadedFile("t.xlf", text.encode())})
    survey.refresh_from_db()
    assert survey.content.question("more").text["de"] == "Noch etwas?"
    for wrong in ("", "en", "x y", '"><script>'):
        page = client.get(f"/surveys/{survey.pk}/translations.xlf", {"to": wrong}, follow=True)
        assert "Choose the language to translate into" in page.content.decode()
    page = client.post(
        f"/surveys/{survey.pk}/translations", {"file": SimpleUploadedFile("t.xlf", b"<html/>")}, follow=True
    )
    assert "no XLIFF" in page.content.decode()
