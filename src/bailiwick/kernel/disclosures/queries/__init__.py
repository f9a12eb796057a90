"""Who read what is sensitive, and what was opened in an emergency."""
