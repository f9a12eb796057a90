"""The writes of an organisation's own sign-in."""
