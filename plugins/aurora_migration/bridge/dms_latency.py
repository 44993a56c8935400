"""How far a replication is behind, from CloudWatch: DMS itself does not tell.

A latency that is not told is not zero: callers see an empty mapping.
"""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from aurora_migration.bridge.dms_run import DmsRun
from aurora_migration.dms.faults import is_aws
from aurora_migration.dms.health import latency
from aurora_migration.errors import MigrationError

_log = logging.getLogger(__name__)
_METRICS: Final = ("CDCLatencySource", "CDCLatencyTarget")


def latencies(dms_run: DmsRun) -> dict[str, float]:
    """Seconds behind, by metric, from CloudWatch; empty where it does not tell."""
    now = datetime.now(UTC)
    try:
        resource = dms_run.replication.arn().rpartition(":")[2]
        found = dms_run.client("cloudwatch").get_metric_data(
            MetricDataQueries=[_query(name, dms_run.names.instance, resource) for name in _METRICS],
            StartTime=now - timedelta(minutes=15),
            EndTime=now + timedelta(minutes=1),
            ScanBy="TimestampDescending",
        )
    except MigrationError:
        return {}
    except Exception as error:
        if not is_aws(error):
            raise
        _log.info("CloudWatch does not tell latencies reason=%s", type(error).__name__)
        return {}
    return latency(found.get("MetricDataResults", ()))


def _query(metric: str, instance: str, resource: str) -> dict[str, Any]:
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": instance},
        {"Name": "ReplicationTaskIdentifier", "Value": resource},
    ]
    stat = {"Metric": {"Namespace": "AWS/DMS", "MetricName": metric, "Dimensions": dimensions}}
    return {"Id": metric.lower(), "MetricStat": {**stat, "Period": 60, "Stat": "Maximum"}}
