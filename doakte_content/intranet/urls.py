"""The intranet's pages, by stable identifier: a record keeps its address when it is moved."""

app_name = "doakte_intranet"

urlpatterns: list = []
