"""The full-text index: an FTS5 table on SQLite, a GIN index on PostgreSQL."""

from django.db import migrations

FORWARD = {
    "sqlite": "CREATE VIRTUAL TABLE procurement_tender_fts USING fts5(text, tokenize='unicode61')",
    "postgresql": (
        "CREATE INDEX procurement_tender_fts ON procurement_tendersearchtext "
        "USING gin (to_tsvector('simple', text))"
    ),
}
BACKWARD = {
    "sqlite": "DROP TABLE procurement_tender_fts",
    "postgresql": "DROP INDEX procurement_tender_fts",
}


def forward(apps, schema_editor):
    schema_editor.execute(FORWARD[schema_editor.connection.vendor])


def backward(apps, schema_editor):
    schema_editor.execute(BACKWARD[schema_editor.connection.vendor])


class Migration(migrations.Migration):
    dependencies = [("procurement", "0001_initial")]
    operations = [migrations.RunPython(forward, backward)]
