"""What follows what: the decoders, the consumers of events and the ledger's migrations, in one place."""

from __future__ import annotations

from collections.abc import Callable

from regard.jobs.consume import Subscription
from regard.warehouse.migrate import Migration


def ledger_migrations() -> list[Migration]:
    from regard.ledger import ddl
    from regard.segments import mirror
    from regard.segments.computed import table as computed
    from regard.segments.consents import mirror as consents
    from regard.segments.finding import ddl as said
    from regard.segments.finding import mirror as words
    from regard.segments.members import mirror as members
    from regard.segments.restrained import mirror as restrained
    from regard.segments.suppressed import mirror as suppressed

    return [
        *ddl.MIGRATIONS,
        *mirror.MIGRATIONS,
        *members.MIGRATIONS,
        *consents.MIGRATIONS,
        *suppressed.MIGRATIONS,
        *restrained.MIGRATIONS,
        *words.MIGRATIONS,
        *said.MIGRATIONS,
        *computed.MIGRATIONS,
    ]


def subscriptions() -> list[Subscription]:
    """Who is told of what. Each handler is idempotent and keeps its own place."""
    from regard.care.cases import scored_since
    from regard.care.cases.told import CHANGED as CASE
    from regard.connectors.helpdesk.put import note_cases
    from regard.customers.contact.purposes import seed
    from regard.customers.contact.record_consent import CHANGED as CONSENT
    from regard.customers.contact.restrain import CHANGED as RESTRAINT
    from regard.customers.contact.suppression.barred import CHANGED as SUPPRESSION
    from regard.customers.identity.resolve import CHANGED
    from regard.ledger.record.project import RECORDED
    from regard.ledger.touchpoints import industries
    from regard.listening.invitations import enter
    from regard.listening.invitations.opted_out import note_opted_out
    from regard.playbooks.runs import enter as playbooks
    from regard.segments import mirror
    from regard.segments.consents import mirror as consents
    from regard.segments.finding import mirror as words
    from regard.segments.restrained import mirror as restrained
    from regard.segments.suppressed import mirror as suppressed
    from regard.workspace.welcome.found import FOUNDED

    return [
        Subscription("segments.consents", (CONSENT,), consents.mirror_consents),
        Subscription("segments.suppressed", (SUPPRESSION, CHANGED), suppressed.mirror_suppressed),
        Subscription("segments.restrained", (RESTRAINT,), restrained.mirror_restraints),
        Subscription("segments.mirror", (CHANGED,), mirror.mirror_profiles),
        Subscription("segments.words", (CHANGED,), words.mirror_words),
        Subscription("listening.trigger", (RECORDED,), enter.note_recorded),
        Subscription("playbooks.recorded", (RECORDED,), playbooks.note_recorded),
        Subscription("care.scored_since", (RECORDED,), scored_since.note_recorded),
        Subscription("playbooks.cases", (CASE,), playbooks.note_cases),
        Subscription("connectors.helpdesk", (CASE,), note_cases),
        Subscription("listening.opted_out", (CONSENT,), note_opted_out),
        Subscription("ledger.catalogue", (FOUNDED,), industries.fill_founded),
        Subscription("customers.purposes", (FOUNDED,), seed.fill_founded),
    ]


def ticks() -> list[Callable[[], int]]:
    """What is looked after every few seconds, beside what events tell; each returns how much it did."""
    from regard.playbooks.runs.run import run_due

    return [run_due]


def enter_decoders() -> None:
    """How chunks of files and connections are read: known above the ledger, used by its projector."""
    from regard.connectors.chunks import decode_chunks
    from regard.ledger.inbox.models import Form
    from regard.ledger.record.project import DECODERS

    DECODERS[Form.FILE] = decode_chunks


#: Models that name no customer, and what they hold instead. Members of ours are no customers.
NOBODYS = {
    "connectors.Connection": "how a system is reached; its secrets are sealed",
    "connectors.Desk": "how a help desk is reached; its secrets are sealed",
    "connectors.Delivery": "counts, and why it failed",
    "connectors.Destination": "where it is sent, sealed, and names of what is sent",
    "connectors.RunStream": "counts and numbers of inbox rows",
    "customers.ConsentText": "what everybody is asked",
    "customers.DuplicateRun": "counts, and names of the fields that were compared",
    "customers.DuplicateSettings": "names of fields",
    "customers.Erasure": "numbers of profiles that are gone, counts, and, sealed until it is proven, what is searched for",
    "customers.FrequencyRule": "policy",
    "customers.IdentityPolicy": "policy",
    "customers.Namespace": "policy",
    "customers.Purpose": "policy",
    "customers.Refold": "counts",
    "customers.Trait": "names of traits, and what may be chosen",
    "jobs.Event": "numbers, for a month",
    "ledger.Mapping": "names of events and properties",
    "ledger.Source": "names of keys and files",
    "ledger.Touchpoint": "the catalogue",
    "segments.ComputedTrait": "how a trait follows from the ledger",
    "listening.Programme": "whom is asked what, and when",
    "listening.Link": "where a link stands",
    "listening.Look": "a company’s logo and colours",
    "listening.Heard": "what is told to everybody",
    "listening.Plan": "counts, by unit, touchpoint and value of a trait",
    "listening.Survey": "what everybody is asked",
    "listening.Version": "what everybody was asked",
    "listening.Visit": "shoppers of ours, and where they go",
    "listening.Widget": "where a survey shows itself",
    "care.Calendar": "when we work",
    "care.Cause": "why it comes to cases",
    "care.ComplaintDoor": "a page of the company",
    "care.ComplaintRule": "what is promised to everybody",
    "care.Counter": "a number",
    "care.Queue": "how cases are worked on",
    "care.RedressLimit": "what roles may give",
    "care.ReplyTemplate": "words for many",
    "care.Taker": "members of ours",
    "dashboards.Decision": "what teams of ours decided",
    "governance.Initiative": "what is improved",
    "governance.InitiativeTask": "what we do",
    "governance.LinkedComment": "a row of the ledger by its key; the words stay there",
    "governance.InitiativeUnit": "the company",
    "governance.Measurement": "sums",
    "outreach.Arm": "what is compared",
    "outreach.Campaign": "what is told to whom",
    "outreach.MessageTemplate": "words for many",
    "outreach.TemplateVersion": "words for many",
    "outreach.Feed": "members of ours",
    "loyalty.Offer": "what anybody may be given",
    "loyalty.PoolCode": "codes; whose one became stands with what they were given",
    "outreach.Endpoint": "where other systems are told of things",
    "playbooks.Playbook": "what is to happen by itself",
    "playbooks.PlaybookVersion": "rules",
    "outreach.Mailbox": "how a mailbox is read; its secrets are sealed",
    "outreach.Notice": "what members of ours are told, by number; goes with what it is about",
    "outreach.NoticeChoice": "members of ours",
    "outreach.MailAccount": "how mail goes out; its secrets are sealed",
    "outreach.PhoneAccount": "how texts go out; its secrets are sealed",
    "segments.Segment": "conditions that hold for many",
    "workspace.ApiKey": "programs of ours",
    "workspace.AuditEntry": "who of ours did what; customers by their number, addresses masked",
    "workspace.Invitation": "members of ours",
    "workspace.Unit": "the company",
}


def enter_senders() -> None:
    """Who has messages sent, and what carries them."""
    from regard.care.cases.calendar import due_cases
    from regard.care.cases.news import NOTICES
    from regard.care.cases.present import TROUBLES
    from regard.care.closures.ask import CLOSURES
    from regard.care.closures.models import SENDER as CLOSURE
    from regard.care.complaints.news import NOTICES as OF_COMPLAINTS
    from regard.care.letters.receive import receive
    from regard.care.letters.write import ELSEWHERE, LETTERS
    from regard.care.letters.write import SENDER as LETTER
    from regard.connectors.helpdesk.put import carries
    from regard.connectors.helpdesk.queries import troubles
    from regard.customers.contact.channels import Channel
    from regard.dashboards.huddle.calendar import due_decisions
    from regard.governance.initiatives.calendar import due_tasks
    from regard.listening.invitations.message import INVITATIONS
    from regard.outreach.calendar.entries import ENTRIES
    from regard.outreach.campaigns.message import CAMPAIGNS
    from regard.outreach.campaigns.models import SENDER as CAMPAIGN
    from regard.outreach.direct.message import DIRECTS
    from regard.outreach.direct.send import SENDER as DIRECT
    from regard.outreach.mail.carry import mail_carrier
    from regard.outreach.mail.received import RECEIVERS
    from regard.outreach.messages.carriers import CARRIERS
    from regard.outreach.messages.senders import SENDERS
    from regard.outreach.notices.kinds import NOTICE_KINDS
    from regard.outreach.phone.carry import phone_carrier
    from regard.outreach.phone.models import BY_PHONE
    from regard.outreach.phone.provider import PROVIDERS
    from regard.outreach.phone.twilio import Twilio
    from regard.playbooks.rules.notices import NOTICES as OF_PLAYBOOKS
    from regard.playbooks.runs.message import WRITES
    from regard.playbooks.runs.writing import SENDER as PLAYBOOK

    CARRIERS[Channel.EMAIL] = mail_carrier
    PROVIDERS[Twilio.name] = Twilio()
    for channel in BY_PHONE:
        CARRIERS[channel] = phone_carrier(channel)
    SENDERS.update({"invitation": INVITATIONS, LETTER: LETTERS, CLOSURE: CLOSURES, PLAYBOOK: WRITES, CAMPAIGN: CAMPAIGNS, DIRECT: DIRECTS})
    RECEIVERS[:] = [receive]
    ELSEWHERE[:] = [carries]
    TROUBLES[:] = [troubles]
    ENTRIES[:] = [due_cases, due_tasks, due_decisions]
    NOTICE_KINDS.update({one.name: one for one in (*NOTICES, *OF_COMPLAINTS, *OF_PLAYBOOKS)})


def enter_keepers() -> None:
    """Who keeps personal data, in the order in which it is taken away: what says who somebody is goes last."""
    from regard.care import privacy as care
    from regard.connectors import privacy as connectors
    from regard.connectors.helpdesk import privacy as helpdesk
    from regard.connectors.strike import CHUNK
    from regard.connectors.writeback import privacy as writeback
    from regard.customers.accounts import privacy as accounts
    from regard.customers.contact import privacy as contact
    from regard.customers.contact.privacy import forget_contacts
    from regard.customers.duplicates import privacy as duplicates
    from regard.customers.identity import privacy as identity
    from regard.customers.people import privacy as people
    from regard.customers.privacy.registry import REGISTRY
    from regard.customers.privacy.retention import KINDS, Kept
    from regard.customers.saved import privacy as saved
    from regard.customers.traits import privacy as traits
    from regard.customers.traits.privacy import forget_past
    from regard.ledger import privacy as ledger
    from regard.ledger.inbox.models import Form
    from regard.ledger.inbox.strike import BODIES
    from regard.ledger.notes import privacy as mentions
    from regard.ledger.privacy import forget_refused
    from regard.ledger.record.erase import on_disk, remove_older_than, silence_older_than
    from regard.listening import privacy as listening
    from regard.listening.privacy import forget_responses, silence_responses
    from regard.loyalty import privacy as loyalty
    from regard.outreach import privacy as outreach
    from regard.playbooks import privacy as playbooks
    from regard.segments import privacy as segments

    BODIES[Form.FILE] = CHUNK
    REGISTRY.on_disk = on_disk
    REGISTRY.nobody = NOBODYS
    KINDS.update({
        "interactions": Kept(lambda workspace, before: remove_older_than(workspace, "interaction", before)),
        "answers": Kept(lambda workspace, before: remove_older_than(workspace, "answer", before) + forget_responses(workspace, before)),
        "comments": Kept(lambda workspace, before: silence_older_than(workspace, before) + silence_responses(workspace, before)),
        "contacts": Kept(forget_contacts),
        "refused": Kept(forget_refused),
        "traits": Kept(forget_past),
    })  # fmt: skip
    REGISTRY.keepers = (
        ledger.INBOX, ledger.REFUSED, listening.KEEPER, listening.INVITATIONS,
        playbooks.KEEPER, helpdesk.KEEPER, loyalty.KEEPER, care.KEEPER, outreach.KEEPER,
        connectors.KEEPER, writeback.KEEPER, writeback.FILES, ledger.LEDGER, mentions.KEEPER, segments.KEEPER,
        accounts.KEEPER, contact.KEEPER, duplicates.KEEPER, saved.KEEPER, traits.KEEPER, identity.KEEPER, people.KEEPER,
    )  # fmt: skip


def fill_slots() -> None:
    """The panels of the customer page, in their order, how the ledger says who has been seen where, and what else can be set."""
    from django.utils.translation import gettext_lazy as _

    from regard.care.complaints import doors as complaints
    from regard.care.queues import doors as queues
    from regard.connectors.helpdesk import doors as helpdesk
    from regard.connectors.writeback.queries import sending
    from regard.customers.accounts.queries import account_of
    from regard.customers.contact.doors import doors
    from regard.customers.contact.glance import contact_at_a_glance
    from regard.customers.duplicates import queries as duplicates
    from regard.customers.identity import policy
    from regard.customers.identity import queries as identity
    from regard.customers.people.slots import SLOTS, Action, Panel
    from regard.customers.privacy import doors as privacy
    from regard.customers.traits import doors as traits
    from regard.customers.traits.glance import value_at_a_glance
    from regard.governance.initiatives import queries as initiatives
    from regard.governance.initiatives.hold_outs import HOLD_OUTS
    from regard.ledger.notes import queries as notes
    from regard.ledger.sources.queries import source_names
    from regard.ledger.timeline import queries
    from regard.ledger.timeline.glance import scores_at_a_glance
    from regard.listening.look import doors as look
    from regard.listening.look.brand import look_of
    from regard.listening.programmes import queries as programmes
    from regard.loyalty.offers import queries as offers
    from regard.metrics.changes import CHANGES
    from regard.metrics.unnamed import UNNAMED
    from regard.outreach.mail import doors as mail
    from regard.outreach.mail.mailbox import doors as mailbox
    from regard.outreach.phone import doors as phone
    from regard.outreach.templates.brand import BRANDS
    from regard.outreach.webhooks import doors as webhooks
    from regard.playbooks.runs import queries as playbooks
    from regard.segments import queries as segments
    from regard.segments.computed import queries as computed
    from regard.segments.computed.uses import USED_BY
    from regard.segments.finding import queries as finding
    from regard.segments.listing import queries as listing
    from regard.workspace.members.rights import Right
    from regard.workspace.workspaces.queries import MORE_DOORS

    UNNAMED.programmes = programmes.unnamed
    BRANDS.of = look_of
    CHANGES.told = initiatives.marks
    HOLD_OUTS.offered, HOLD_OUTS.measured = playbooks.hold_outs, playbooks.held_out
    SLOTS.panels = (
        Panel("notes", "notes:panel", wide=True, right=Right.RECORD),
        Panel("cases", "cases:panel", wide=True),
        Panel("timeline", "timeline:panel", wide=True),
        Panel("offers", "offers:panel", some=offers.some, in_cases=True),
        Panel("traits", "traits:panel"),
        Panel("computed", "computed:panel", some=computed.some),
        Panel("scores", "timeline:scores"),
        Panel("contact", "contact:panel"),
        Panel("identity", "identity:panel"),
        Panel("accounts", "accounts:panel"),
        Panel("invitations", "programmes:panel", some=programmes.some),
        Panel("segments", "segments:panel"),
    )
    SLOTS.account_panels, SLOTS.account_of = ("accountscores:panel",), account_of
    SLOTS.actions = (
        Action(_("Log a contact"), "notes:panel", Right.RECORD),
        Action(_("Write"), "direct:write", Right.RECORD),
        Action(_("Privacy"), "privacy:customer", Right.PRIVACY),
    )
    SLOTS.glances = (contact_at_a_glance, value_at_a_glance, scores_at_a_glance)
    MORE_DOORS[:] = [policy.doors, traits.doors, doors, queues.doors, complaints.doors, mail.doors, mailbox.doors, helpdesk.doors,
                     phone.doors, webhooks.doors, look.doors, privacy.doors]  # fmt: skip
    SLOTS.questions, SLOTS.mentions = identity.waiting, notes.unseen
    SLOTS.duplicates = duplicates.count_waiting
    SLOTS.seen, SLOTS.recent, SLOTS.last_seen = queries.seen, queries.recent, queries.last_seen
    SLOTS.find, SLOTS.said = finding.find, finding.said
    SLOTS.listed, SLOTS.unheard, SLOTS.following, SLOTS.number = (
        listing.listed,
        listing.unheard,
        listing.following,
        listing.number,
    )
    SLOTS.groups, SLOTS.groups_of, SLOTS.scores = listing.groups, listing.groups_of, listing.scores
    SLOTS.trait_names, SLOTS.trait_counts = segments.trait_names, segments.trait_counts
    SLOTS.source_names = source_names
    SLOTS.computed, SLOTS.computed_names = computed.worked_out, computed.names
    USED_BY[:] = [sending]
