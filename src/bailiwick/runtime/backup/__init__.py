"""An installation in one file: rows of one snapshot, files, the keys (docs/decisions/0009-backup.md)."""
