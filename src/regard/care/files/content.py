"""What a file of a case is, by its bytes and never by its name. Pictures are drawn anew, as respondents' are; PDFs are kept as they came; anything
else is kept as bytes of which nothing is said. What runs, and what lies about what it is, is not kept.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass

from django.conf import settings
from django.utils.translation import gettext as _

from regard.listening.answering.reading import Unfit
from regard.listening.files.content import ENDINGS, fit
from regard.web.files import parted

#: Bytes, and no more than that.
BYTES = "application/octet-stream"
_KNOWN = re.compile(rb"%PDF-|\xff\xd8\xff|\x89PNG\r\n\x1a\n|GIF8[79]a|RIFF....WEBP", re.DOTALL)
#: By their names these are what `_KNOWN` knows by its bytes.
_CLAIMED = {"pdf", "jpg", "jpeg", "png", "gif", "webp"}
_RUNS = re.compile(rb"MZ|\x7fELF|#!|\xfe\xed\xfa[\xce\xcf]|[\xce\xcf]\xfa\xed\xfe|\xca\xfe\xba\xbe|L\x00\x00\x00\x01\x14\x02\x00")
_RUNNING = {
    "apk", "app", "appx", "bat", "bin", "cmd", "com", "cpl", "desktop", "dll", "dmg", "docm", "dotm", "exe", "gadget", "hta", "img", "inf", "iso",
    "jar", "js", "jse", "lnk", "msc", "msi", "msix", "msp", "pif", "ppam", "potm", "ppsm", "pptm", "ps1", "psm1", "py", "reg", "scf", "scr", "sct",
    "sh", "sys", "url", "vb", "vbe", "vbs", "vhd", "ws", "wsc", "wsf", "wsh", "xbap", "xlam", "xll", "xlsm", "xltm",
}  # fmt: skip
#: What comes before is read once and never in another way: strangers write it.
_PAGE = re.compile(
    rb"(?>(?:<\?.*?\?>|<!--.*?-->|\s)*)<\s*(?:!doctype\s+(?:html|svg)|html|svg|script|head|body|iframe|\w+:(?:svg|script|html))\b",
    re.IGNORECASE | re.DOTALL,
)
_PAGES = {"htm", "html", "mht", "mhtml", "shtml", "svg", "svgz", "xht", "xhtml", "xml", "xsl", "xslt"}


class NotKept(ValueError):
    """The message says why."""


@dataclass(frozen=True)
class Content:
    name: str
    kind: str
    body: bytes


def read(name: str, body: bytes) -> Content:
    """As it is kept. Raises NotKept."""
    stem, ending = parted(name)
    start = body[:8_192].replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe")  # also of UTF-16
    if not body:
        raise NotKept(_("it is empty"))
    if len(body) > settings.CASE_FILE_BYTES:
        raise NotKept(_("it is larger than %(most)s MB") % {"most": settings.CASE_FILE_BYTES // 1_000_000})
    if ending in _RUNNING or _RUNS.match(body):
        raise NotKept(_("it is a program"))
    if _KNOWN.match(body):
        return _drawn(stem, body)
    if ending in _CLAIMED:
        raise NotKept(_("it is called .%(ending)s and is something else") % {"ending": ending})
    if ending in _PAGES or _PAGE.match(start):
        raise NotKept(_("it is a page that could run something"))
    return Content(f"{stem}.{ending}" if ending else stem, BYTES, body)


def _drawn(stem: str, body: bytes) -> Content:
    try:
        found = fit(io.BytesIO(body), "documents")
    except Unfit:
        raise NotKept(_("it is damaged, or cut off")) from None
    return Content(stem + ENDINGS[found.kind], found.kind, found.body)
