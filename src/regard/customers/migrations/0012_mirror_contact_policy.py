from django.db import migrations

#: Segments have learned to ask who is on the suppression list and who is restrained: everything is mirrored once.
_SUPPRESSIONS = """
insert into jobs_event (kind, workspace_id, subjects, at)
select 'suppression.changed', s.workspace_id, array_agg(distinct i.profile_id), now()
from customers_suppression s join customers_identifier i on i.workspace_id = s.workspace_id and i.namespace = s.kind and i.value = s.address
group by s.workspace_id, i.profile_id / 10000
"""
_RESTRAINTS = """
insert into jobs_event (kind, workspace_id, subjects, at)
select 'restraint.changed', workspace_id, array_agg(id), now() from customers_restraint group by workspace_id, id / 10000
"""


class Migration(migrations.Migration):
    dependencies = [("jobs", "0002_event_transaction"), ("customers", "0011_trait_catalogue")]

    operations = [
        migrations.RunSQL(_SUPPRESSIONS, migrations.RunSQL.noop),
        migrations.RunSQL(_RESTRAINTS, migrations.RunSQL.noop),
    ]
