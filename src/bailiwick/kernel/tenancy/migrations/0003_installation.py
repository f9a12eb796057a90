"""The built-in organisation of whatever belongs to none."""

from django.db import migrations

FORWARD = "INSERT INTO tenancy_organization (slug, name, is_active) VALUES ('installation', 'Installation', true);"
BACKWARD = "DELETE FROM tenancy_organization WHERE slug = 'installation';"


class Migration(migrations.Migration):
    dependencies = [("tenancy", "0002_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
