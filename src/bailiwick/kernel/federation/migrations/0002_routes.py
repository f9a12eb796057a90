"""How a mail domain and a provider are found before any organisation is known; a domain is one organisation's."""

from django.db import migrations

FORWARD = """
CREATE UNIQUE INDEX federation_domain_verified ON federation_domain (name)
    WHERE verified_at IS NOT NULL AND removed_at IS NULL;

-- The organisation that proved a mail domain and has a way in of its own.
CREATE FUNCTION federation_route(domain text)
RETURNS varchar
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.slug
      FROM public.federation_domain d JOIN public.tenancy_organization o ON o.id = d.organization_id
     WHERE d.name = domain AND d.verified_at IS NOT NULL AND d.removed_at IS NULL AND o.is_active
       AND EXISTS (SELECT FROM public.federation_provider p WHERE p.organization_id = o.id AND p.is_active)
$$;

-- Whose provider it is; the id stands in addresses that providers know.
CREATE FUNCTION federation_provider_organization(provider uuid)
RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT o.id
      FROM public.federation_provider p JOIN public.tenancy_organization o ON o.id = p.organization_id
     WHERE p.id = provider AND p.is_active AND o.is_active
$$;
"""
BACKWARD = """
DROP FUNCTION federation_provider_organization(uuid);
DROP FUNCTION federation_route(text);
DROP INDEX federation_domain_verified;
"""


class Migration(migrations.Migration):
    dependencies = [("federation", "0001_initial")]
    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
