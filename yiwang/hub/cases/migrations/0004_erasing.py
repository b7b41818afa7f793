from django.db import migrations

ERASING = """
CREATE FUNCTION cases_only_erasing() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.reason = ''
        AND (NEW.id, NEW.case_id, NEW.kind, NEW.at, NEW.actor_kind, NEW.actor_id, NEW.unit_id, NEW.detail)
            IS NOT DISTINCT FROM
            (OLD.id, OLD.case_id, OLD.kind, OLD.at, OLD.actor_kind, OLD.actor_id, OLD.unit_id, OLD.detail)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
DROP TRIGGER cases_history_append_only ON cases_caseevent;
CREATE TRIGGER cases_history_append_only BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION cases_only_erasing();
"""
NOTHING = """
DROP TRIGGER cases_history_append_only ON cases_caseevent;
DROP FUNCTION cases_only_erasing;
CREATE TRIGGER cases_history_append_only BEFORE UPDATE OR DELETE ON cases_caseevent
    FOR EACH ROW EXECUTE FUNCTION kernel_append_only();
"""


class Migration(migrations.Migration):
    """The words of a reason may be erased when their time has come; nothing else of the history may change."""

    dependencies = [("cases", "0003_secrecy")]
    operations = [migrations.RunSQL(ERASING, NOTHING)]
