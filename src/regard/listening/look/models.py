from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from regard.listening.links.models import new_token


class Font(models.TextChoices):
    """Of what devices have: nothing is fetched for them."""

    SYSTEM = "", _("the device’s own")
    SERIF = "serif", _("with serifs, as in books")
    ROUNDED = "rounded", _("rounded")
    HUMANIST = "humanist", _("open, as if written")
    GEOMETRIC = "geometric", _("of circles and lines")


class Look(models.Model):
    """What everything that a company's respondents see wears."""

    workspace = models.OneToOneField("workspace.Workspace", models.CASCADE, primary_key=True, related_name="+")
    #: Names the logo to everybody, and nothing else.
    key = models.CharField(max_length=40, unique=True, default=new_token)
    colour = models.CharField(
        _("colour"), max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$", _("A colour such as #0d5c63."))]
    )  # fmt: skip
    font = models.CharField(_("font"), max_length=12, blank=True, choices=Font, default=Font.SYSTEM)
    #: A PNG of ours, and how large it is shown.
    logo = models.BinaryField(null=True)
    width = models.PositiveSmallIntegerField(default=0)
    height = models.PositiveSmallIntegerField(default=0)
    changed = models.DateTimeField(auto_now=True)

    def __str__(self) -> str:
        return f"look of {self.workspace_id}"
