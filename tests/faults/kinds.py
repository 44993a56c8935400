"""All kinds of faults by name. Each takes the arena and a source of chance, and tells what it did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from random import Random

from tests.faults import locks, network, processes, servers
from tests.faults.arena import Arena

Fault = Callable[[Arena, Random], str]

KINDS: Mapping[str, Fault] = {
    "kill-process": processes.kill_process,
    "freeze-process": processes.freeze_process,
    "rival-process": processes.start_rival,
    "kill-source": servers.kill_source,
    "kill-target": servers.kill_target,
    "restart-source": servers.restart_source,
    "restart-target": servers.restart_target,
    "read-only-target": servers.read_only_target,
    "full-target": servers.full_target,
    "kill-sessions": servers.kill_sessions,
    "rotate-binlog": servers.rotate_binlog,
    "drop-connections": network.drop_connections,
    "refuse-connections": network.refuse_connections,
    "slow-network": network.slow_network,
    "hold-rows": locks.hold_rows,
    "hold-table": locks.hold_table,
    "deadlock": locks.deadlock,
}
