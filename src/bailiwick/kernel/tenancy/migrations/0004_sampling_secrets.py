"""The key by which an organisation draws its random samples."""

from django.db import migrations

FORWARD = """
INSERT INTO tenancy_organizationsecret (organization_id, purpose, key)
SELECT id, 'sampling', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())
  FROM tenancy_organization WHERE slug <> 'installation'
    ON CONFLICT DO NOTHING;
"""
BACKWARD = "DELETE FROM tenancy_organizationsecret WHERE purpose = 'sampling';"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0003_installation")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
