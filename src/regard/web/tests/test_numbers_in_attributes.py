"""Numbers are written with separators (1,234): in an attribute that a program reads back, they must not be."""

import re
from pathlib import Path

import regard

#: Strings, whatever they are called.
_TEXTS = {"id_for_label", "auto_id", "attrs.id", "snippet.id", "asked.id"}
_WRITTEN = re.compile(r"""="[^"<>]*?\{\{\s*((?:[\w.]*\.)?(?:pk|id|most|\w*_id))\s*\}\}""")


def test_no_number_of_a_row_is_written_with_separators():
    found = [
        f"{path.name}: {name}"
        for path in Path(regard.__file__).parent.rglob("*.html")
        if path.parent.name != "redaction"  # comments are known by a text
        for name in _WRITTEN.findall(path.read_text(encoding="utf-8"))
        if not any(name == text or name.endswith(f".{text}") for text in _TEXTS)
    ]
    assert found == []
