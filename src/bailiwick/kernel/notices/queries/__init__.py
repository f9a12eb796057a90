"""What is alerted, what was told, and what is not sealed in time."""
