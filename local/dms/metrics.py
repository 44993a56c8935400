"""DMS's metrics of change data capture, in the CloudWatch of the account.

The API of DMS knows no latency: it is CloudWatch's, in the namespace AWS/DMS, under the instance's identifier and
the task's resource id.
"""

from __future__ import annotations

import contextlib

from botocore.exceptions import BotoCoreError, ClientError

from local.dms.job import Job
from local.dms.world import World


def publish(world: World, job: Job) -> None:
    """Put the present latencies of a task; a CloudWatch that is not there stops nobody."""
    dimensions = [
        {"Name": "ReplicationInstanceIdentifier", "Value": job.instance_name},
        {"Name": "ReplicationTaskIdentifier", "Value": job.name},
    ]
    data = [
        {"MetricName": name, "Value": job.latency_seconds, "Unit": "Seconds", "Dimensions": dimensions}
        for name in ("CDCLatencySource", "CDCLatencyTarget")
    ]
    with contextlib.suppress(ClientError, BotoCoreError):
        world.account.client("cloudwatch").put_metric_data(Namespace="AWS/DMS", MetricData=data)
