"""Every check of the DMS preflight, in the order in which it is reported."""

from __future__ import annotations

from typing import Final

from aurora_migration.dms.check_data import (
    check_change_capture,
    check_source_version,
    check_tables,
    check_tls,
    check_type_fidelity,
)
from aurora_migration.dms.check_identity import check_identity, check_permissions, check_roles
from aurora_migration.dms.check_network import (
    check_hosts,
    check_security_groups,
    check_subnet_group,
    check_subnets,
    check_target_cluster,
)
from aurora_migration.dms.check_resources import (
    check_cost,
    check_leftovers,
    check_offering,
    check_quotas,
    check_running,
)
from aurora_migration.dms.checking import Check

CHECKS: Final[tuple[Check, ...]] = (
    check_identity,
    check_permissions,
    check_roles,
    check_subnets,
    check_subnet_group,
    check_security_groups,
    check_target_cluster,
    check_hosts,
    check_tls,
    check_offering,
    check_quotas,
    check_leftovers,
    check_running,
    check_tables,
    check_type_fidelity,
    check_source_version,
    check_change_capture,
    check_cost,
)
