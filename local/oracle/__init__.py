"""The independent oracle: are two MySQL servers equal, row by row and object by object?

It shares no code with the engine that moved the rows, on purpose: a mistake made twice in the same place is a
mistake nobody sees. Nothing here imports `aurora_migration`. It reads, and refuses to write. Every row of
every base table travels to this process, where it is hashed; the servers' own checksum functions are not
asked.
"""

from local.oracle.comparison import Comparison, compare_databases
from local.oracle.rows import RowDifference, TableComparison
from local.oracle.session import ServerParams
from local.oracle.structure import Difference

__all__ = [
    "Comparison",
    "Difference",
    "RowDifference",
    "ServerParams",
    "TableComparison",
    "compare_databases",
]
