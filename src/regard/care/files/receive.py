from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from regard.care.cases.work import NotPossible
from regard.care.files.keep import MOST, MOST_BYTES, Given
from regard.listening.files.receive import TooLarge


def uploaded(request: HttpRequest) -> list[Given]:
    """The files that came with a form. Raises NotPossible for too many or too large ones, before any of them is read."""
    files = request.FILES.getlist("files")
    if len(files) > MOST or sum(one.size or 0 for one in files) > MOST_BYTES:
        raise NotPossible(
            _("At most %(most)s files of %(size)s MB in all go at once. Choose fewer or smaller ones.")
            % {"most": MOST, "size": MOST_BYTES // 1_000_000}
        )
    if large := [one.name or "" for one in files if isinstance(one, TooLarge) or (one.size or 0) > settings.CASE_FILE_BYTES]:
        most = settings.CASE_FILE_BYTES // 1_000_000
        raise NotPossible(_("“%(name)s” is larger than %(most)s MB. Choose smaller files.") % {"name": large[0][:100], "most": most})
    return [Given(one.name or "file", one.read()) for one in files]
