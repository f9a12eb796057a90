"""What every table stands on: the organisation in scope, and the epoch of the cluster."""

from django.db import migrations

FORWARD = """
CREATE FUNCTION app_organization() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.organization', true), '')::uuid;
CREATE FUNCTION app_user() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.user', true), '')::uuid;
CREATE FUNCTION app_member() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
    RETURN nullif(current_setting('app.member', true), '')::uuid;
-- A restore replaces this function by one that returns the next number.
CREATE FUNCTION app_epoch() RETURNS smallint LANGUAGE sql STABLE PARALLEL SAFE RETURN 1::smallint;
"""
BACKWARD = "DROP FUNCTION app_epoch(), app_member(), app_user(), app_organization();"


class Migration(migrations.Migration):
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
