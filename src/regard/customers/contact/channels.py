"""The ways to reach a customer, and which of their identifiers each goes by."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.customers.identity import names

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise


class Channel(models.TextChoices):
    EMAIL = "e-mail", _("e-mail")
    SMS = "SMS", _("SMS")
    PHONE = "phone", _("phone")
    WHATSAPP = "WhatsApp", _("WhatsApp")
    POST = "post", _("post")
    IN_APP = "in-app", _("in-app")
    WEB = "web", _("web")


#: Stands for every channel that has no word of its own.
ALL = "all"
CHANNELS_OR_ALL: list[tuple[str, StrOrPromise]] = [(ALL, _("all channels")), *Channel.choices]
#: The kind of address (a namespace of identifiers) that a channel needs; the others need none.
KIND: dict[str, str] = {
    Channel.EMAIL: names.EMAIL,
    Channel.SMS: names.PHONE,
    Channel.PHONE: names.PHONE,
    Channel.WHATSAPP: names.PHONE,
}


def channel_name(channel: str) -> str:
    return str(dict(CHANNELS_OR_ALL).get(channel, channel))
