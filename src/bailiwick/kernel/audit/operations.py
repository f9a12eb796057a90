"""Making a table that is cut by month."""

from typing import Any

from django.db.migrations import CreateModel


class CreatePartitionedModel(CreateModel):
    """Creates the table partitioned by its key: UUIDv7 keys carry their time."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        schema_editor.sql_create_table += " PARTITION BY RANGE (id)"
        try:
            super().database_forwards(app_label, schema_editor, from_state, to_state)
        finally:
            del schema_editor.sql_create_table
