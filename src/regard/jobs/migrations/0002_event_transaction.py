from django.db import migrations

ADD = """
alter table jobs_event add column transaction xid8 not null default pg_current_xact_id();
create index event_in_order on jobs_event (transaction, id);
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0001_initial")]
    operations = [migrations.RunSQL(ADD, "drop index event_in_order; alter table jobs_event drop column transaction")]
