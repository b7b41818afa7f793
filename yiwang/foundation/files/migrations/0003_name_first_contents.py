from django.db import migrations

# The first photos lie under the id of their row, in folders from its random end.
NAME = """
UPDATE files_storedfile
SET blob = right(hex, 2) || '/' || substr(hex, 29, 2) || '/' || hex || '.jpg'
FROM (SELECT id AS known, replace(id::text, '-', '') AS hex FROM files_storedfile WHERE blob = '') AS old
WHERE id = known
"""


class Migration(migrations.Migration):
    dependencies = [("files", "0002_formats_and_scanning")]
    operations = [migrations.RunSQL(NAME, migrations.RunSQL.noop)]
