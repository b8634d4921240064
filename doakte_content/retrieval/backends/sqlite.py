from modelsearch.backends.database.sqlite.sqlite import SearchBackend

__all__ = ["SearchBackend"]
