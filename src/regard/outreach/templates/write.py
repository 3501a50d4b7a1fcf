"""What a message reads like for one customer: as plain text, and as HTML that fits a phone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils import translation
from django.utils.translation import gettext as _

from regard.customers.contact.channels import Channel
from regard.customers.contact.public.links import unsubscribe_headers
from regard.outreach.messages.piped import piped
from regard.outreach.messages.senders import Content
from regard.outreach.templates.brand import BRANDS
from regard.web.mjml import mail_html
from regard.workspace.workspaces.models import Workspace

#: What can stand in the holes of a message, beside traits.
KNOWN = ("name", "company")
_RIGHT_TO_LEFT = frozenset({"ar", "fa", "he", "ur"})


@dataclass(frozen=True)
class Reader:
    """Who reads it: by name and by what is known of them."""

    name: str
    traits: Mapping[str, Any]

    def values(self, workspace: Workspace) -> dict[str, str]:
        traits = {f"trait:{name}": str(value) for name, value in self.traits.items() if isinstance(value, str | int | float)}
        return {"name": self.name, "company": workspace.name} | traits


def written(workspace: Workspace, words: Mapping[str, str], reader: Reader, *, channel: str, unsubscribe: str = "") -> Content:
    """`words`: of one language. `unsubscribe`: the link at its foot; "" where it cannot be refused."""
    values = reader.values(workspace)
    filled = {name: piped(words.get(name, ""), values) for name in ("subject", "text", "button")}
    return laid_out(workspace, {**words, **filled}, channel=channel, unsubscribe=unsubscribe)


def laid_out(workspace: Workspace, words: Mapping[str, str], *, channel: str, unsubscribe: str = "") -> Content:
    """Words with nothing left to be filled in. Without a `language` those of ours among them are in the one that is active."""
    text, link, language = words["text"].strip(), words.get("link", ""), words.get("language") or translation.get_language() or "en"
    if channel != Channel.EMAIL:
        return Content(text=f"{text} {link}".strip())
    with translation.override(language):
        no_more = _("No more such messages")
    button = words.get("button") or link
    context = {
        "blocks": blocks(text), "brand": BRANDS.of(workspace.pk), "company": workspace.name, "button": button if link else "", "link": link,
        "unsubscribe": unsubscribe, "no_more": no_more, "language": language, "direction": "rtl" if language in _RIGHT_TO_LEFT else "ltr",
    }  # fmt: skip
    plain = [text, f"{button}: {link}" if link else "", workspace.name, f"{no_more}: {unsubscribe}" if unsubscribe else ""]
    return Content(
        text="\n\n".join(filter(None, plain)), subject=" ".join(words.get("subject", "").split()) or workspace.name,
        html=mail_html("outreach/templates/mail.mjml", context),
        headers=unsubscribe_headers(unsubscribe) if unsubscribe else {},
    )  # fmt: skip


@dataclass(frozen=True)
class Block:
    """A paragraph, a heading (a line of its own that begins with `# `), or a list (lines that begin with `- `)."""

    kind: str
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """What stands between empty lines."""
    found = []
    for part in text.replace("\r", "").split("\n\n"):
        lines = tuple(line.strip() for line in part.splitlines() if line.strip())
        if not lines:
            continue
        if all(line.startswith("- ") for line in lines):
            found.append(Block("list", tuple(line[2:] for line in lines)))
        elif len(lines) == 1 and lines[0].startswith("# "):
            found.append(Block("heading", (lines[0][2:],)))
        else:
            found.append(Block("paragraph", lines))
    return found
