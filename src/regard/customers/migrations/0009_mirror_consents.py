from django.db import migrations

#: Segments have learned to ask what customers agreed to: every word is mirrored once.
_MIRROR = """
insert into jobs_event (kind, workspace_id, subjects, at)
select 'consent.changed', workspace_id, array_agg(distinct profile_id), now() from customers_consent group by workspace_id, profile_id / 10000
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_event_transaction"), ("customers", "0008_search")]

    operations = [migrations.RunSQL(_MIRROR, migrations.RunSQL.noop)]
