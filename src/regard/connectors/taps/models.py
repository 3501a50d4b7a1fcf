from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.connectors.files.import_map import ImportMap, check, from_yaml, to_yaml
from regard.connectors.files.touchpoints import know_touchpoints
from regard.connectors.taps import sealed
from regard.connectors.taps.settings_of import Setting, mask_of
from regard.ledger.record.correct import forget, inboxes_of, replay
from regard.ledger.sources.models import Source, SourceKind
from regard.workspace.audit.models import AuditEntry

#: The hash of no record.
NOTHING = UUID(int=0)


class ConnectionRefused(Exception):
    """What was asked cannot be done with this connection now. The message is one sentence for whoever asked."""


class Connection(models.Model):
    """A Singer tap with its settings: what is fetched from where, when, and how far it has come."""

    class Every(models.TextChoices):
        MANUAL = "manual", _("Only by hand")
        HOURS = "hours", _("Every so many hours")
        DAILY = "daily", _("Once a day")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="connections")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(max_length=40, help_text="of known_taps, or empty")
    requirement = models.CharField(max_length=300, blank=True, help_text="what pip installs")
    executable = models.CharField(max_length=400, blank=True, help_text="or an executable that is there already")
    environment = models.CharField(max_length=32, blank=True, help_text="folder of the virtual environment in use")
    script = models.CharField(max_length=120, blank=True)
    version = models.CharField(max_length=60, blank=True)
    options = models.JSONField(default=list, help_text="how it takes its catalog: catalog, properties")
    about = models.JSONField(default=dict, help_text="the settings that it says it has")
    settings_sealed = models.TextField(blank=True)
    catalog = models.JSONField(null=True)
    discovered = models.DateTimeField(null=True)
    state = models.JSONField(default=dict, help_text="Singer STATE; committed with the records that it stands for")
    on = models.BooleanField(default=True)
    every = models.CharField(max_length=8, choices=Every, default=Every.MANUAL)
    hours = models.PositiveSmallIntegerField(default=24)
    at = models.TimeField(null=True)
    limit_minutes = models.PositiveIntegerField(default=360)
    owner = models.CharField(max_length=254)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="connection_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def ready(self) -> bool:
        """It can be started: installed, or an executable of the operator's."""
        return bool(self.executable or self.environment)

    @property
    def settings(self) -> list[Setting]:
        """Raises sealed.Unreadable when the signing key was replaced."""
        return sealed.opened(self.settings_sealed)

    def keep_settings(self, given: list[Setting], *, by: str) -> None:
        self.settings_sealed = sealed.sealed(given)
        self.save(update_fields=["settings_sealed"])
        names = ", ".join(setting.name for setting in given)
        self.audit("connection.settings", by=by, names=names[:400])

    def mask(self) -> sealed.Mask:
        """Takes the secrets out of any text that is kept or shown."""
        try:
            return mask_of(self.settings)
        except sealed.Unreadable:
            return mask_of([])

    def config(self) -> dict[str, Any]:
        return {setting.name: setting.value for setting in self.settings}

    def audit(self, action: str, *, by: str, **details: Any) -> None:
        AuditEntry.write(self.workspace_id, actor=by, action=action, subject=self.name, **details)

    @property
    def open_run(self) -> Run | None:
        return self.runs.filter(ended=None).first()

    @transaction.atomic
    def ask(self, what: str, *, by: str, stream: Stream | None = None) -> Run:
        """Enter a run; whoever calls this defers its job in the same transaction. Raises ConnectionRefused."""
        if not settings.TAPS:
            raise ConnectionRefused(str(_("Connections are switched off on this server.")))
        Connection.objects.select_for_update().get(pk=self.pk)
        if self.open_run is not None:
            raise ConnectionRefused(str(_("Something is being done with this connection already; wait, or stop it.")))
        if what in (Run.Kind.RUN, Run.Kind.DISCOVER, Run.Kind.SAMPLE) and not self.ready:
            raise ConnectionRefused(str(_("The tap is not installed yet.")))
        if what == Run.Kind.RUN and not self.streams_to_run():
            raise ConnectionRefused(str(_("Choose a stream and say what its columns become, then run it.")))
        run = self.runs.create(kind=what, by=by, stream=stream, state_before=self.state)
        if what in (Run.Kind.RUN, Run.Kind.INSTALL):
            self.audit(f"connection.{what}", by=by)
        return run

    def streams_to_run(self) -> list[Stream]:
        return [stream for stream in self.streams.filter(selected=True).exclude(map_text="") if stream.confirmed]

    @transaction.atomic
    def start_over(self, *, by: str) -> None:
        """The next run reads everything again; what has not changed since is known and changes nothing."""
        self._idle()
        self.state = {}
        self.save(update_fields=["state"])
        self.audit("connection.started_over", by=by)

    @transaction.atomic
    def take_back(self, *, by: str) -> None:
        """Everything that came through this connection leaves the ledger; it is switched off until somebody wants it again."""
        self._idle()
        for stream in self.streams.exclude(source=None):
            assert stream.source_id is not None
            forget(self.workspace_id, inboxes_of(stream.source_id))
            # Not deleted: what comes again must be a later version than what the ledger may still hold of it.
            KnownRecord.objects.filter(stream_id=stream.pk).update(content=NOTHING)
            Source.objects.filter(pk=stream.source_id).update(undone=timezone.now())
            stream.source = None
            stream.save(update_fields=["source"])
        self.state, self.on = {}, False
        self.save(update_fields=["state", "on"])
        self.audit("connection.taken_back", by=by)

    @transaction.atomic
    def remove(self, *, by: str) -> None:
        """The connection goes with its settings; what it brought in stays."""
        self._idle()
        KnownRecord.objects.filter(stream_id__in=self.streams.values("pk")).delete()
        self.audit("connection.removed", by=by)
        self.delete()

    def _idle(self) -> None:
        Connection.objects.select_for_update().get(pk=self.pk)
        if self.open_run is not None:
            raise ConnectionRefused(str(_("Something is being done with this connection; stop it first.")))


class Stream(models.Model):
    """One kind of record that a tap gives, and what becomes of it."""

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="streams")
    name = models.CharField(max_length=200, help_text="tap_stream_id")
    sent_as = models.CharField(max_length=200, help_text="the name its messages carry")
    selected = models.BooleanField(default=False)
    method = models.CharField(max_length=16, default="FULL_TABLE")
    replication_key = models.CharField(max_length=200, blank=True)
    keys = ArrayField(models.CharField(max_length=200), default=list)
    left_out = ArrayField(models.CharField(max_length=200), default=list, help_text="fields that are not asked for")
    declared = models.JSONField(default=dict, help_text="column → type, as the tap last declared them")
    map_text = models.TextField(blank=True)
    confirmed = models.DateTimeField(null=True, help_text="when somebody said that the map is right")
    sample = models.BinaryField(null=True, help_text="first records (Arrow), until the stream has run")
    source = models.OneToOneField("ledger.Source", models.SET_NULL, null=True, related_name="tap_stream")

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["connection", "name"], name="stream_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def import_map(self) -> ImportMap:
        return from_yaml(self.map_text)

    def keep_map(self, import_map: ImportMap, *, confirmed: bool) -> None:
        check(import_map)
        self.map_text = to_yaml(import_map, settled=False)
        self.confirmed = timezone.now() if confirmed else self.confirmed
        self.save(update_fields=["map_text", "confirmed"])
        if confirmed:
            know_touchpoints(self.connection.workspace_id, import_map.touchpoints())

    @transaction.atomic
    def use_map(self, import_map: ImportMap, *, by: str) -> bool:
        """From now on this map holds; records that are in already are read again by it. True when there were any."""
        self.keep_map(import_map, confirmed=True)
        self.connection.audit("connection.mapped", by=by, stream=self.name)
        kept = inboxes_of(self.source_id) if self.source_id else []
        replay(self.connection.workspace_id, kept)
        return bool(kept)

    def its_source(self) -> Source:
        """Where its rows come from, in the ledger: one source a stream, so that each is counted, mended and taken back alone."""
        if self.source is None:
            named = f"{self.connection.name}: {self.name}"[:200]
            self.source = Source.objects.create(
                workspace_id=self.connection.workspace_id, kind=SourceKind.FILE, name=named
            )
            self.save(update_fields=["source"])
        return self.source


class KnownRecord(models.Model):
    """What a record last looked like, as a hash: one that comes again unchanged is not taken in again, and one that changed is a new version."""

    pk = models.CompositePrimaryKey("stream_id", "key")
    stream_id = models.BigIntegerField()
    key = models.UUIDField()
    content = models.UUIDField()
    version = models.IntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.key} v{self.version}"


class Run(models.Model):
    """Something done with a connection: who asked, how it went, and what the tap said meanwhile (without its secrets)."""

    class Kind(models.TextChoices):
        INSTALL = "install", _("Installed")
        DISCOVER = "discover", _("Tested")
        SAMPLE = "sample", _("First records")
        RUN = "run", _("Run")

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        PARTLY = "partly", _("partly done")
        FAILED = "failed", _("failed")
        STOPPED = "stopped", _("stopped")
        INTERRUPTED = "interrupted", _("interrupted")

    connection = models.ForeignKey(Connection, models.CASCADE, related_name="runs")
    kind = models.CharField(max_length=8, choices=Kind)
    stream = models.ForeignKey(Stream, models.CASCADE, null=True, related_name="+")
    by = models.CharField(max_length=254)
    asked = models.DateTimeField(auto_now_add=True)
    begun = models.DateTimeField(null=True)
    ended = models.DateTimeField(null=True)
    stop_asked = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=12, choices=Outcome, blank=True)
    message = models.CharField(max_length=400, blank=True)
    notes = models.JSONField(default=list, help_text="what was noticed: changed schemas, lines that were no messages")
    garbage = models.PositiveIntegerField(default=0)
    garbage_lines = models.JSONField(default=list)
    records = models.PositiveBigIntegerField(default=0)
    log = models.TextField(blank=True)
    state_before = models.JSONField(default=dict)
    state_after = models.JSONField(default=dict)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(fields=["connection"], name="one_run_at_a_time", condition=models.Q(ended=None))
        ]
        indexes = [models.Index(fields=["asked"], name="run_by_time")]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.pk}"

    @property
    def lasted(self) -> timedelta | None:
        return self.ended - self.begun if self.begun and self.ended else None

    def note(self, sentence: str) -> None:
        """Something that whoever looks at the run should know; each once."""
        if sentence not in self.notes and len(self.notes) < 100:
            self.notes = [*self.notes, sentence[:400]]

    def end(self, outcome: str, message: str = "", *, now: datetime | None = None) -> None:
        self.ended, self.outcome, self.message = now or timezone.now(), outcome, message[:400]
        self.save()

    def stop(self, *, by: str) -> None:
        """Ask the tap to stop. One that has not begun ends at once."""
        now = timezone.now()
        self.connection.audit("connection.stopped", by=by)
        if not Run.objects.filter(pk=self.pk, ended=None, begun=None).update(
            ended=now, outcome=Run.Outcome.STOPPED, stop_asked=now
        ):
            Run.objects.filter(pk=self.pk, ended=None).update(stop_asked=now)


class RunStream(models.Model):
    """What one run brought of one stream. What became of it is asked of the inbox rows."""

    run = models.ForeignKey(Run, models.CASCADE, related_name="streams")
    stream = models.ForeignKey(Stream, models.CASCADE, related_name="+")
    records = models.PositiveBigIntegerField(default=0)
    known = models.PositiveBigIntegerField(default=0, help_text="unchanged since an earlier run")
    inboxes = ArrayField(models.BigIntegerField(), default=list)
    stopped = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["run", "stream"], name="run_stream_once")]

    def __str__(self) -> str:
        return f"{self.stream}: {self.records}"
