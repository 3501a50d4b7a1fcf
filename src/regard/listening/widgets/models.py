from __future__ import annotations

import hmac
import secrets
from hashlib import sha256

from cryptography.fernet import InvalidToken
from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from regard.ledger.touchpoints.models import Channel
from regard.listening.links.models import Placed, new_token
from regard.listening.widgets.targeting import Targeting, read, written
from regard.workspace.audit.models import AuditEntry
from regard.workspace.sealing import keys_for


class Widget(Placed):
    """A survey inside a page or an app of the company's: where, when and to whom it shows itself."""

    survey = models.ForeignKey("listening.Survey", models.CASCADE, related_name="widgets")
    #: Stands in public pages; it lets people answer and nothing else.
    key = models.CharField(max_length=40, unique=True, default=new_token)
    name = models.CharField(_("name"), max_length=120, help_text=_("Such as: shop, after the order."))
    channel = models.CharField(
        _("channel"), max_length=16, default=Channel.WEB,
        choices=[(Channel.WEB, _("web: a script on a site")), (Channel.MOBILE, _("mobile: an app, over the API"))],
    )  # fmt: skip
    targeting = models.JSONField(default=dict)
    #: With it the company's server signs who its customer is; sealed.
    secret_sealed = models.TextField(blank=True)

    def __str__(self) -> str:
        return self.name

    @property
    def rules(self) -> Targeting:
        return read(self.targeting)

    @transaction.atomic
    def keep(self, targeting: Targeting, *, by: str) -> None:
        action = "survey.widget_changed" if self.pk else "survey.widget_added"
        self.targeting = written(targeting)
        self.save()
        self._write(action, by)

    @transaction.atomic
    def close(self, *, by: str) -> None:
        """It shows nothing from now on; who has begun may finish."""
        self.closed = timezone.now()
        self.save(update_fields=["closed"])
        self._write("survey.widget_closed", by)

    @transaction.atomic
    def new_secret(self, *, by: str) -> str:
        """The old one signs nobody any more. It cannot be had again."""
        secret = secrets.token_urlsafe(32)
        self.secret_sealed = keys_for("widget").encrypt(secret.encode()).decode()
        self.save(update_fields=["secret_sealed"])
        self._write("survey.widget_secret_made", by)
        return secret

    def has_signed(self, text: str, signature: str) -> bool:
        """Whether `signature` is the HMAC-SHA256 of the text, in hexadecimal, made with this widget's secret."""
        try:
            secret = keys_for("widget").decrypt(self.secret_sealed.encode())
        except InvalidToken:  # none was made, or the server's own key is another now
            return False
        right = hmac.new(secret, text.encode("utf-8", "replace"), sha256).hexdigest()
        return hmac.compare_digest(right.encode(), signature.strip().lower().encode("utf-8", "replace"))

    def _write(self, action: str, by: str) -> None:
        AuditEntry.write(self.survey.workspace_id, actor=by, action=action, subject=self.survey.name, widget=self.name)
