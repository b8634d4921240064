"""What migrations of large tables need: they run while people work (docs/operations.md)."""

from django.db import migrations


class AddIndexOnline(migrations.AddIndex):
    """Build an index without locking the table on PostgreSQL; elsewhere as usual.

    The migration must not be atomic. Where it was stopped half-way, it may be started again.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.index.name}")
            schema_editor.add_index(model, self.index, concurrently=True)
        else:
            schema_editor.add_index(model, self.index)

    def database_backwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        schema_editor.remove_index(model, self.index)


class RemoveIndexOnline(migrations.RemoveIndex):
    """Remove an index without locking the table on PostgreSQL; elsewhere as usual. The migration must not be atomic."""

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = from_state.apps.get_model(app_label, self.model_name)
        index = from_state.models[app_label, self.model_name_lower].get_index_by_name(self.name)
        if schema_editor.connection.vendor == "postgresql":
            schema_editor.remove_index(model, index, concurrently=True)
        else:
            schema_editor.remove_index(model, index)


class AddUniqueOnline(migrations.AddConstraint):
    """Add a unique constraint that has a condition, and so is an index, without locking the table on PostgreSQL.

    The migration must not be atomic. Where it was stopped half-way, it may be started again.
    """

    def database_forwards(self, app_label, schema_editor, from_state, to_state):
        model = to_state.apps.get_model(app_label, self.model_name)
        if schema_editor.connection.vendor != "postgresql":
            schema_editor.add_constraint(model, self.constraint)
            return
        create = str(self.constraint.create_sql(model, schema_editor))
        schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {self.constraint.name}")
        schema_editor.execute(create.replace("CREATE UNIQUE INDEX", "CREATE UNIQUE INDEX CONCURRENTLY", 1))


def postgres_indexes(*definitions: tuple[str, str]) -> migrations.RunPython:
    """Return the operation that builds indexes which Django cannot describe, or on tables that are not ours.

    `definitions` are (name, "table definition…") pairs. PostgreSQL only: SQLite's small stock does without them.
    """

    def create(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for name, on in definitions:
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", params=None)
                schema_editor.execute(f"CREATE INDEX CONCURRENTLY {name} ON {on}", params=None)

    def drop(apps, schema_editor):
        if schema_editor.connection.vendor == "postgresql":
            for name, _on in definitions:
                schema_editor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {name}", params=None)

    return migrations.RunPython(create, drop)
