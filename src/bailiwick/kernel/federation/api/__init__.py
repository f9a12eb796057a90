"""SCIM 2.0 (RFC 7644): a directory keeps people and groups here."""
