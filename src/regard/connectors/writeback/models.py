from __future__ import annotations

import base64
import secrets
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit
from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from regard.connectors.taps import sealed
from regard.connectors.taps.settings_of import Setting
from regard.connectors.writeback.account import Account
from regard.workspace.audit.models import AuditEntry

#: After the first, second … failure of a batch; after the last one somebody has to look.
RETRY_AFTER = tuple(timedelta(minutes=minutes) for minutes in (1, 10, 60, 240))
#: How long a worker may be silent before another takes up what it did.
LEASE = timedelta(minutes=10)
#: How long files lie in the folder of a destination that says nothing else, or is gone.
KEEP_DAYS = 30


class NotNow(Exception):
    """What was asked cannot be done with this destination now. The message is one sentence for whoever asked."""


class Destination(models.Model):
    """Where what Regard knows of customers is sent back to, what of it, and when."""

    class Kind(models.TextChoices):
        WEBHOOK = "webhook", _("Webhook")
        CSV = "csv", _("CSV files in a folder of this server")
        SFTP = "sftp", _("CSV files to another server, by SFTP")

    class Every(models.TextChoices):
        MANUAL = "manual", _("Only by hand")
        HOURLY = "hourly", _("Every hour")
        DAILY = "daily", _("Once a day")

    workspace = models.ForeignKey("workspace.Workspace", models.CASCADE, related_name="destinations")
    name = models.CharField(_("name"), max_length=80)
    kind = models.CharField(_("how"), max_length=8, choices=Kind, default=Kind.WEBHOOK)
    #: The address may hold a key: it is sealed too, and only its host is shown.
    settings_sealed = models.TextField(blank=True)
    host = models.CharField(max_length=280, blank=True)
    #: What the SFTP server has to prove: the key that somebody looked at and confirmed.
    host_key = models.TextField(blank=True)
    # A segment that goes must not make it send everybody.
    segment = models.ForeignKey("segments.Segment", models.RESTRICT, null=True, blank=True, related_name="+")
    identifiers = ArrayField(models.CharField(max_length=64), default=list, help_text="kinds")
    traits = ArrayField(models.CharField(max_length=200), default=list)
    scores = ArrayField(models.CharField(max_length=16), default=list, help_text="metrics")
    memberships = models.BooleanField(default=False)
    on = models.BooleanField(default=False)
    every = models.CharField(_("when"), max_length=8, choices=Every, default=Every.MANUAL)
    keep_days = models.PositiveSmallIntegerField(
        _("Keep files for so many days"), default=KEEP_DAYS, validators=[MinValueValidator(1), MaxValueValidator(3_650)]
    )
    owner = models.CharField(max_length=254)
    #: Erased customers of whom it could not be told in time, until somebody has seen to it.
    given_up = models.PositiveIntegerField(default=0)
    given_up_at = models.DateTimeField(null=True)
    created = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name", "id"]
        constraints = [models.UniqueConstraint(fields=["workspace", "name"], name="destination_name_once")]

    def __str__(self) -> str:
        return self.name

    @property
    def url(self) -> str:
        return self._setting("url")

    @property
    def secret(self) -> str:
        return self._setting("secret")

    @property
    def secrets(self) -> list[str]:
        """Everything that signs: the newest, and the one before it until that is retired."""
        return [one for one in (self._setting("secret"), self._setting("before")) if one]

    @property
    def two_sign(self) -> bool:
        try:
            return self.kind == self.Kind.WEBHOOK and len(self.secrets) > 1
        except sealed.Unreadable:
            return False

    def seal(self, *, url: str, secret: str = "", before: str | None = None) -> str:
        """Keep where it goes; returns the newest secret, which nobody is shown again. What is not given stays as it is, or is made."""
        given = {
            "url": url,
            "secret": secret or (self.secret if self.settings_sealed else new_secret()),
            "before": (self._setting("before") if self.settings_sealed else "") if before is None else before,
        }
        self.settings_sealed = sealed.sealed([Setting(name, value, True) for name, value in given.items() if value])
        self.host = urlsplit(url).netloc[:260]
        return given["secret"]

    @transaction.atomic
    def renew_secret(self, *, by: str) -> str:
        """Returns the new one. The old one signs too, until it is retired: so nobody has to change both ends at once. Raises NotNow."""
        try:
            if len(self.secrets) > 1:
                raise NotNow(_now("Two secrets sign already: retire the old one first."))
            shown = self.seal(url=self.url, secret=new_secret(), before=self.secret)
        except sealed.Unreadable:
            # The address went with the secret: it has to be given again.
            shown = self.seal(url="", secret=new_secret(), before="")
        self.save(update_fields=["settings_sealed", "host"])
        self.audit("secret", by=by)
        return shown

    @transaction.atomic
    def retire_secret(self, *, by: str) -> None:
        """From now on only the newest one signs."""
        self.seal(url=self.url, before="")
        self.save(update_fields=["settings_sealed"])
        self.audit("secret_retired", by=by)

    @property
    def account(self) -> Account:
        return Account.of(sealed.opened(self.settings_sealed))

    def seal_account(self, account: Account) -> None:
        """Keep where files are put. Another server has another key, which is to be confirmed."""
        if account.place != self.host:
            self.host_key = ""
        self.settings_sealed, self.host = sealed.sealed(account.settings), account.place

    @transaction.atomic
    def trust(self, host_key: str, *, fingerprint: str, by: str) -> None:
        """From now on the server must prove this key."""
        self.host_key = host_key
        self.save(update_fields=["host_key"])
        self.audit("host_key", by=by, host=self.host, fingerprint=fingerprint)

    @property
    def open_delivery(self) -> Delivery | None:
        return self.deliveries.filter(ended=None).first()

    def audit(self, action: str, *, by: str, **details: Any) -> None:
        AuditEntry.write(self.workspace_id, actor=by, action=f"writeback.{action}", subject=self.name, **details)

    @transaction.atomic
    def keep(self, *, by: str) -> None:
        """As it is now. What was under way by the old settings is given up: who was not reached is sent anew."""
        action = "altered" if self.pk else "made"
        self.save()
        for delivery in self.deliveries.filter(ended=None):
            delivery.close(Delivery.Outcome.STOPPED, _now("What is sent was changed meanwhile."))
        told = {
            "segment": self.segment_id,
            "traits": self.traits,
            "scores": self.scores,
            "identifiers": self.identifiers,
        }
        self.audit(action, by=by, host=self.host, **told)

    @transaction.atomic
    def switch(self, on: bool, *, by: str) -> None:
        self.on = on
        self.save(update_fields=["on"])
        self.audit("on" if on else "off", by=by)

    @transaction.atomic
    def begin(self, *, by: str, now: datetime, erasures_only: bool = False) -> Delivery:
        """Enter a delivery; whoever calls this defers its job in the same transaction. Raises NotNow."""
        Destination.objects.select_for_update().get(pk=self.pk)
        if self.kind == self.Kind.SFTP and not self.host_key:
            raise NotNow(_now("Confirm the server’s key first."))
        if not self.on:
            raise NotNow(_now("Look at the first rows and switch it on; then it sends."))
        if self.open_delivery is not None:
            raise NotNow(_now("A delivery is under way already."))
        return self.deliveries.create(by=by, next_try=now + LEASE, erasures_only=erasures_only)

    @transaction.atomic
    def heed(self, *, by: str) -> None:
        """Whoever could not be told of was taken out there by hand."""
        self.audit("heeded", by=by, customers=self.given_up)
        self.given_up, self.given_up_at = 0, None
        self.save(update_fields=["given_up", "given_up_at"])

    @transaction.atomic
    def remove(self, *, by: str) -> None:
        self.audit("removed", by=by)
        self.delete()

    def _setting(self, name: str) -> str:
        return next((str(one.value) for one in sealed.opened(self.settings_sealed) if one.name == name), "")


def new_secret() -> str:
    """As Standard Webhooks spells it."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()


class Delivery(models.Model):
    """One going through the customers: who was erased, who left and who changed since they were last sent, in batches."""

    class Outcome(models.TextChoices):
        DONE = "done", _("done")
        ATTENTION = "attention", _("needs attention")
        STOPPED = "stopped", _("stopped")

    destination = models.ForeignKey(Destination, models.CASCADE, related_name="deliveries")
    by = models.CharField(max_length=254)
    asked = models.DateTimeField(auto_now_add=True)
    after = models.PositiveBigIntegerField(default=0, help_text="customers up to this id have been looked at")
    examined = models.PositiveBigIntegerField(default=0)
    sent = models.PositiveBigIntegerField(default=0)
    checked = models.PositiveBigIntegerField(
        default=0,
        null=True,
        help_text="of those who were sent, up to this id it is known whether they left; null: of all",
    )
    left = models.PositiveBigIntegerField(
        default=0, help_text="customers of whom it was told that they left or were erased"
    )
    erasures_only = models.BooleanField(default=False)
    next_try = models.DateTimeField(null=True, help_text="when a worker takes it up, should none be at it")
    ended = models.DateTimeField(null=True)
    outcome = models.CharField(max_length=9, choices=Outcome, blank=True)
    message = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                fields=["destination"], name="one_delivery_at_a_time", condition=models.Q(ended=None)
            )
        ]

    def __str__(self) -> str:
        return f"delivery {self.pk}"

    @property
    def needs_attention(self) -> bool:
        return self.outcome == self.Outcome.ATTENTION

    @property
    def waiting(self) -> Batch | None:
        """The batch that is to be delivered next; its successors are not made before."""
        return self.batches.filter(delivered=None).first()

    def later(self, at: datetime, why: str) -> None:
        Delivery.objects.filter(pk=self.pk, ended=None).update(next_try=at, message=why[:400])

    def ask_for_help(self, why: str) -> None:
        """It stays open: nothing else is begun until somebody sends it again, or stops it."""
        Delivery.objects.filter(pk=self.pk, ended=None).update(
            next_try=None, outcome=self.Outcome.ATTENTION, message=why[:400]
        )

    @transaction.atomic
    def again(self, *, by: str, now: datetime) -> None:
        """Its job is deferred in the same transaction. The same batch goes out under the same key. Raises NotNow."""
        ours = Delivery.objects.filter(pk=self.pk, ended=None, outcome=self.Outcome.ATTENTION)
        if not ours.update(next_try=now + LEASE, outcome="", message=""):
            raise NotNow(_now("This delivery does not wait for anybody."))
        self.batches.filter(delivered=None).update(tries=0)
        self.destination.audit("sent_again", by=by, delivery=self.pk)

    @transaction.atomic
    def close(self, outcome: str, message: str = "") -> None:
        """What was not delivered is not kept."""
        self.batches.filter(delivered=None).delete()
        Delivery.objects.filter(pk=self.pk, ended=None).update(
            ended=timezone.now(), next_try=None, outcome=outcome, message=message[:400]
        )


class Batch(models.Model):
    """Customers who are sent together. Fixed before the first try, so that each try says the same under the same key."""

    class What(models.TextChoices):
        CHANGED = "changed", _("who changed")
        LEFT = "left", _("who left")
        ERASED = "erased", _("who was erased")

    delivery = models.ForeignKey(Delivery, models.CASCADE, related_name="batches")
    key = models.UUIDField(default=uuid4, unique=True)
    what = models.CharField(max_length=7, choices=What, default=What.CHANGED)
    made = models.DateTimeField(auto_now_add=True)
    size = models.PositiveIntegerField()
    #: These three are emptied when it is delivered. Of who was erased they hold nothing: its farewells do, sealed.
    customers = ArrayField(models.BigIntegerField(), default=list)
    contents = ArrayField(models.UUIDField(), default=list, help_text="what each of them looks like, as a hash")
    body = models.BinaryField(default=b"")
    tries = models.PositiveSmallIntegerField(default=0)
    tried = models.DateTimeField(null=True)
    delivered = models.DateTimeField(null=True)
    status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=400, blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.message_id

    @property
    def message_id(self) -> str:
        return f"msg_{self.key.hex}"


class Sent(models.Model):
    """What a destination was last told of a customer, as a hash: who has not changed is not sent again.

    Without a hash it was told that they left. That they were sent there stays known: they may ask, and may be erased.
    """

    destination = models.ForeignKey(Destination, models.CASCADE, related_name="+")
    customer = models.ForeignKey("customers.Profile", models.CASCADE, related_name="+")
    content = models.UUIDField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["destination", "customer"], name="sent_once")]

    def __str__(self) -> str:
        return f"#{self.customer_id}"


class Farewell(models.Model):
    """That a customer who was sent to a destination was erased: the key by which it knows them, sealed until it was told."""

    destination = models.ForeignKey(Destination, models.CASCADE, related_name="farewells")
    #: The batch that tells it; when that is given up, another will.
    batch = models.ForeignKey(Batch, models.SET_NULL, null=True, related_name="farewells")
    told = models.TextField()
    made = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"farewell {self.pk}"
