"""What follows what: the decoders, the consumers of events and the ledger's migrations, in one place."""

from __future__ import annotations

from regard.jobs.consume import Subscription
from regard.warehouse.migrate import Migration


def ledger_migrations() -> list[Migration]:
    from regard.ledger import ddl
    from regard.segments import mirror
    from regard.segments.members import mirror as members

    return [*ddl.MIGRATIONS, *mirror.MIGRATIONS, *members.MIGRATIONS]


def subscriptions() -> list[Subscription]:
    """Who is told of what. Each handler is idempotent and keeps its own place."""
    from regard.customers.contact.purposes import seed
    from regard.customers.identity.resolve import CHANGED
    from regard.ledger.touchpoints import industries
    from regard.segments import mirror
    from regard.workspace.welcome.found import FOUNDED

    return [
        Subscription("segments.mirror", (CHANGED,), mirror.mirror_profiles),
        Subscription("ledger.catalogue", (FOUNDED,), industries.fill_founded),
        Subscription("customers.purposes", (FOUNDED,), seed.fill_founded),
    ]


def enter_decoders() -> None:
    """How chunks of files and connections are read: known above the ledger, used by its projector."""
    from regard.connectors.chunks import decode_chunks
    from regard.ledger.inbox.models import Form
    from regard.ledger.record.project import DECODERS

    DECODERS[Form.FILE] = decode_chunks


def fill_slots() -> None:
    """The panels of the customer page, in their order, how the ledger says who has been seen where, and what else can be set."""
    from regard.customers.contact.doors import doors
    from regard.customers.identity import policy
    from regard.customers.identity import queries as identity
    from regard.customers.people.slots import SLOTS, Panel
    from regard.ledger.timeline import queries
    from regard.workspace.workspaces.queries import MORE_DOORS

    SLOTS.panels = (
        Panel("timeline", "timeline:panel", wide=True),
        Panel("contact", "contact:panel"),
        Panel("identity", "identity:panel"),
        Panel("segments", "segments:panel"),
    )
    MORE_DOORS[:] = [policy.doors, doors]
    SLOTS.questions = identity.waiting
    SLOTS.seen, SLOTS.recent, SLOTS.last_seen = queries.seen, queries.recent, queries.last_seen
