"""Reading file plans from tables of many shapes. Knows nothing of the database."""

from .headings import FIELDS, Column
from .numbers import DIGITS, MIXED, SEGMENTS
from .problems import ERROR, INFO, WARNING, Problem, UnreadableTable
from .reader import read_table
from .table import PlanRow, PlanTable

__all__ = [
    "DIGITS",
    "ERROR",
    "FIELDS",
    "INFO",
    "MIXED",
    "SEGMENTS",
    "WARNING",
    "Column",
    "PlanRow",
    "PlanTable",
    "Problem",
    "UnreadableTable",
    "read_table",
]
