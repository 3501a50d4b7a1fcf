"""What a tap is asked for: its catalog, the first records of a stream, or everything that is new."""

from __future__ import annotations

import json

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from regard.connectors.taps.catalog import learn
from regard.connectors.taps.installing import ensure_installed
from regard.connectors.taps.intake import BadTap, Intake
from regard.connectors.taps.models import Run, Stream
from regard.connectors.taps.sample import Sampler, keep_sample
from regard.connectors.taps.work import Failed, Interrupted, Stopped, Work

LARGEST_CATALOG = 64 << 20


def discover(work: Work) -> tuple[str, str]:
    ensure_installed(work)
    printed = bytearray()
    with work.started("--discover") as tap:
        for line in work.watched(tap):
            if line is not None:
                printed += line.data + b"\n"
                if line.cut or len(printed) > LARGEST_CATALOG:
                    raise Failed(_("The catalog of this tap is larger than 64 MB."))
        code = tap.wait()
    if code:
        raise work.died(tap, code)
    try:
        catalog = json.loads(printed[printed.index(b"{") :])
    except (ValueError, RecursionError):
        raise Failed(_("The tap answered, but what it printed is no catalog of streams.")) from None
    with transaction.atomic():
        count = learn(work.connection, catalog)
        work.connection.catalog, work.connection.discovered = catalog, timezone.now()
        work.connection.save(update_fields=["catalog", "discovered"])
    if not count:
        raise Failed(_("The connection works, but it offers no streams."))
    return Run.Outcome.DONE, _("The connection works: it offers %(n)s streams.") % {"n": count}


def sample(work: Work) -> tuple[str, str]:
    ensure_installed(work)
    stream = work.run.stream
    assert stream is not None
    sampler = Sampler(stream)
    code = 0
    with work.started(streams=[stream]) as tap:
        for line in work.watched(tap):
            if line is not None and sampler.take(line):
                break
        else:
            code = tap.wait()
    if not sampler.records:
        if code:
            raise work.died(tap, code)
        raise Failed(
            _("%(stream)s gave no record: check the settings (a start date that is too late?).") % {"stream": stream}
        )
    keep_sample(stream, sampler)
    work.run.records = len(sampler.records)
    return Run.Outcome.DONE, _("%(n)s records of %(stream)s were looked at; nothing was taken in.") % {
        "n": len(sampler.records),
        "stream": stream,
    }


def fetch(work: Work) -> tuple[str, str]:
    ensure_installed(work)
    streams = work.connection.streams_to_run()
    if not streams:
        raise Failed(_("No stream is chosen and mapped."))
    intake = Intake(work.run, streams, mask=work.mask)
    try:
        with work.started(streams=streams, state=work.connection.state) as tap:
            for line in work.watched(tap):
                if line is None:
                    intake.idle()
                else:
                    intake.take(line)
            code = tap.wait()
    except (Stopped, Interrupted, Failed, BadTap):
        intake.commit()
        raise
    intake.finish()
    Stream.objects.filter(pk__in=[one.pk for one in streams], source__isnull=False).update(sample=None)
    if code:
        raise work.died(tap, code)
    if intake.stopped:
        return Run.Outcome.PARTLY, " ".join(open_.row.stopped for open_ in intake.stopped)
    return Run.Outcome.DONE, ""
