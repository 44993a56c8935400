"""A live application on the source: seeded threads that write like one, for tests, the demo and trials.

What a thread sends is decided by seed and thread number alone, before it is sent: `transactions` is a pure
generator, and a deadlock repeats the same statements. How the threads interleave is up to the server. No
transaction changes `SUM(accounts.cents)`. A commit whose answer was lost counts as in doubt and is taken either
way. Nothing here imports `aurora_migration`.
"""

from local.workload.gate import Gate
from local.workload.operations import OPERATIONS, transactions
from local.workload.running import Workload, WorkloadSettings
from local.workload.schema import create, money, tables
from local.workload.size import Size
from local.workload.tally import Tally
from local.workload.transaction import Step, Transaction

__all__ = [
    "OPERATIONS",
    "Gate",
    "Size",
    "Step",
    "Tally",
    "Transaction",
    "Workload",
    "WorkloadSettings",
    "create",
    "money",
    "tables",
    "transactions",
]
