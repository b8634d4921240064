from modelsearch.backends.database.postgres.postgres import SearchBackend

__all__ = ["SearchBackend"]
