from django.db import migrations

TRIGGER = """
create function refuse_audit_change() returns trigger language plpgsql as $$
begin
    raise exception 'The audit log only grows: % is refused.', tg_op;
end $$;
create trigger audit_only_grows before update or delete on workspace_auditentry
    for each row execute function refuse_audit_change();
create trigger audit_never_emptied before truncate on workspace_auditentry
    for each statement execute function refuse_audit_change();
"""
UNDO = """
drop trigger audit_only_grows on workspace_auditentry;
drop trigger audit_never_emptied on workspace_auditentry;
drop function refuse_audit_change();
"""


class Migration(migrations.Migration):
    dependencies = [("workspace", "0001_initial")]
    operations = [migrations.RunSQL(TRIGGER, UNDO)]
