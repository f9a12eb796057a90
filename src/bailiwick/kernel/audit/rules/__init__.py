"""Pure calculation on what the trail holds."""
