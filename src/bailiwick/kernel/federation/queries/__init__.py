"""The reads of an organisation's own sign-in."""
