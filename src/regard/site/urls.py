from __future__ import annotations

from django.urls import include, path
from django.views.i18n import set_language

from regard.site import health
from regard.site.api import api
from regard.web import favicon

urlpatterns = [
    path("health", health.show, name="health"),
    path("favicon.ico", favicon.show, name="favicon"),
    path("language", set_language, name="language"),
    path("api/", api.urls),
    path("control/", include("regard.site.control")),
    path("account/", include("allauth.urls")),
    path("", include("regard.workspace.urls")),
    path("", include("regard.dashboards.pulse.urls")),
    path("explore/", include("regard.metrics.explore.urls")),
    path("touchpoints/", include("regard.metrics.touchpoints.urls")),
    path("feedback/", include("regard.insights.verbatims.urls")),
    path("customers/", include("regard.customers.people.urls")),
    path("traits/", include("regard.customers.traits.urls")),
    path("", include("regard.listening.answering.urls")),
    path("", include("regard.listening.mine.urls")),
    path("", include("regard.listening.look.urls")),
    path("", include("regard.listening.widgets.urls")),
    path("", include("regard.listening.kiosk.urls")),
    path("", include("regard.listening.visits.urls")),
    path("inapp/v1/", include("regard.listening.inapp.urls")),
    path("", include("regard.outreach.mail.urls")),
    path("", include("regard.outreach.mail.mailbox.urls")),
    path("notices/", include("regard.outreach.notices.urls")),
    path("cases/", include("regard.care.cases.urls")),
    path("settings/cases/", include("regard.care.queues.urls")),
    path("", include("regard.care.closures.urls")),
    path("", include("regard.outreach.phone.urls")),
    path("programmes/", include("regard.listening.programmes.urls")),
    path("surveys/", include("regard.listening.surveys.urls")),
    path("responses/", include("regard.listening.inbox.urls")),
    path("identity/", include("regard.customers.identity.urls")),
    path("privacy/comments/", include("regard.ledger.redaction.urls")),
    path("privacy/", include("regard.customers.privacy.urls")),
    path("duplicates/", include("regard.customers.duplicates.urls")),
    path("segments/", include("regard.segments.urls")),
    path("computed-traits/", include("regard.segments.computed.urls")),
    path("lists/", include("regard.segments.lists.urls")),
    path("bulk/", include("regard.segments.bulk.urls")),
    path("", include("regard.customers.contact.urls")),
    path("accounts/", include("regard.customers.accounts.urls")),
    path("accounts/", include("regard.metrics.accounts.urls")),
    path("notes/", include("regard.ledger.notes.urls")),
    path("timeline/", include("regard.ledger.timeline.urls")),
    path("sources/", include("regard.connectors.sources.urls")),
    path("imports/", include("regard.connectors.files.urls")),
    path("connections/", include("regard.connectors.taps.urls")),
    path("writeback/", include("regard.connectors.writeback.urls")),
]
