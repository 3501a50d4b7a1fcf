from django.db import migrations

# Ids already taken, so that queries need no FINAL. Raw SQL: Django would add a surrogate key that a hundred million rows do not need.
SEEN = """
create table ledger_seen (
    workspace_id bigint not null,
    id uuid not null,
    inbox bigint not null,
    position integer not null,
    version integer not null default 0,
    primary key (workspace_id, id)
);
create index seen_by_inbox on ledger_seen using brin (inbox) with (pages_per_range = 16, autosummarize = on);
-- bodies are compressed before they come here
alter table ledger_inboxrow alter column body set storage external;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]
    operations = [migrations.RunSQL(SEEN, "drop table ledger_seen")]
