"""An installation in one file: rows of one snapshot, files, the secret key (docs/decisions/0009-backup.md)."""
