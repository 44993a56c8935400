"""What a migration's resources will cost, roughly and before they are made.

List prices of us-east-1 in US dollars an hour, single zone, as of early 2026; other regions differ by up to a
half. They are here to show the order of magnitude and that it goes on until teardown, not to settle a bill
(https://aws.amazon.com/dms/pricing/).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from aurora_migration.model.config_dms import DmsConfig

_HOURLY: Final = {
    "dms.t3.micro": 0.018,
    "dms.t3.small": 0.036,
    "dms.t3.medium": 0.073,
    "dms.t3.large": 0.146,
    "dms.c5.large": 0.154,
    "dms.c5.xlarge": 0.308,
    "dms.c5.2xlarge": 0.617,
    "dms.c5.4xlarge": 1.234,
    "dms.c6i.large": 0.154,
    "dms.c6i.xlarge": 0.308,
    "dms.c6i.2xlarge": 0.617,
    "dms.c6i.4xlarge": 1.234,
    "dms.r5.large": 0.21,
    "dms.r5.xlarge": 0.42,
    "dms.r5.2xlarge": 0.84,
    "dms.r5.4xlarge": 1.68,
    "dms.r6i.large": 0.21,
    "dms.r6i.xlarge": 0.42,
    "dms.r6i.2xlarge": 0.84,
    "dms.r6i.4xlarge": 1.68,
}
_UNIT_HOURLY: Final = 0.087
_GIB_MONTHLY: Final = 0.115
_FREE_GIB: Final = 50
_HOURS_A_MONTH: Final = 730
_MIB_A_SECOND: Final = 10  # a cautious full load: no figure for MySQL to Aurora is published


@dataclass(frozen=True, slots=True)
class CostEstimate:
    """Dollars an hour (None: class not in the table), and hours of a load of the plan's size."""

    compute: str
    dollars_an_hour: float | None
    load_hours: float

    def __str__(self) -> str:
        if self.dollars_an_hour is None:
            return f"{self.compute}: no list price known here; it is charged until dms_teardown has run"
        load = self.dollars_an_hour * max(1.0, self.load_hours)
        month = self.dollars_an_hour * _HOURS_A_MONTH
        return (
            f"{self.compute}: about ${self.dollars_an_hour:.3f} an hour (list price of us-east-1), ${load:,.2f} "
            f"for a load of {self.load_hours:,.1f} hours, ${month:,.0f} a month; charged until dms_teardown has "
            "run"
        )


def estimate(config: DmsConfig, data_bytes: int) -> CostEstimate:
    """The cost of a migration of ``data_bytes`` of rows."""
    hours = data_bytes / (_MIB_A_SECOND << 20) / 3600
    if config.compute == "serverless":
        units = config.serverless.max_units
        zones = 2 if config.serverless.multi_az else 1
        return CostEstimate(f"serverless, up to {units} units", units * _UNIT_HOURLY * zones, hours)
    instance = config.instance
    zones = 2 if instance.multi_az else 1
    hourly = _HOURLY.get(instance.instance_class)
    storage = max(0, instance.storage_gib - _FREE_GIB) * _GIB_MONTHLY / _HOURS_A_MONTH
    total = None if hourly is None else (hourly + storage) * zones
    return CostEstimate(f"{instance.instance_class}, {instance.storage_gib} GiB", total, hours)
