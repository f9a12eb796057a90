"""A decision is on an item of its organisation; decisions stand below the worklist, so the key is added from here."""

from django.db import migrations

FORWARD = """
ALTER TABLE decisions_decision ADD CONSTRAINT decisions_decision_item_organization
    FOREIGN KEY (organization_id, item_id) REFERENCES worklist_workitem (organization_id, id) DEFERRABLE INITIALLY DEFERRED;
"""
BACKWARD = "ALTER TABLE decisions_decision DROP CONSTRAINT decisions_decision_item_organization;"


class Migration(migrations.Migration):
    dependencies = [("worklist", "0001_initial"), ("decisions", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
