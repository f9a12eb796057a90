"""What goes wrong around scopes: mistakes of ours, never of the person in front of the screen."""


class NoScope(RuntimeError):
    """Rows of an organisation were asked for outside a scope or its transaction."""
