"""The script is small, is known again by browsers, and comes from here alone."""

import gzip

from regard.listening.widgets.script import widget_script


def test_it_is_at_most_8_kilobytes_on_its_way():
    assert len(widget_script().gzipped) <= 8192


def test_it_is_served_packed_with_a_tag_and_kept_for_a_while(client, db):
    answer = client.get("/w.js", headers={"Accept-Encoding": "gzip, br"})
    assert gzip.decompress(answer.content) == widget_script().body and answer["Content-Encoding"] == "gzip"
    assert "max-age=3600" in answer["Cache-Control"] and "public" in answer["Cache-Control"] and not answer.cookies
    again = client.get("/w.js", headers={"Accept-Encoding": "gzip", "If-None-Match": answer["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    plain = client.get("/w.js")
    assert (
        plain.content == widget_script().body and plain["ETag"] != answer["ETag"] and "Accept-Encoding" in plain["Vary"]
    )


def test_it_parses_no_text_as_html_or_code():
    body = widget_script().body.decode()
    for risky in (
        "innerHTML",
        "outerHTML",
        "insertAdjacentHTML",
        "document.write",
        "eval(",
        "new Function",
        ".style",
        'setAttribute("style',
    ):
        assert risky not in body, risky
