"""A local stand-in for AWS DMS: the real protocol on loopback, real states and faults, and rows that really move.

    with Cloud(time_factor=0.002) as cloud:   # moto (IAM, EC2, STS, KMS, Secrets Manager, CloudWatch) and DMS
        network = cloud.make_network()                 # vpc_id, subnet_ids in two zones, security_group_id
        cloud.make_roles()                             # dms-vpc-role, dms-cloudwatch-logs-role; leave out: a fault
        cloud.client("dms")                            # a boto3 client; every service of the account, DMS included
        cloud.connection_extra()                       # the extra of an Airflow connection of type aws
        cloud.environment()                            # the same for processes that read AWS_* variables
        cloud.dms.faults.add(TableError("shop.orders"), ThrottleNext(3))
        cloud.dms.names["x.cluster-y.rds.amazonaws.com"] = ("127.0.0.1", 20123)   # the VPC's name resolution

`StandIn` alone is the DMS server: `StandIn(account, time_factor=...)`, `.start()`, `.stop()`, `.url`, `.faults`,
`.quotas` (name to maximum), `.calls` (every operation asked, in order), `.violations` (answers that broke
botocore's model: there must be none), `.answered` (operation to the members answered), `.tasks_running()`.
`python -m local.dms --port P` runs both servers until interrupted and prints the environment.

Requests and answers are checked against botocore's own service model; no member is invented. States take the
time that they take on AWS, times `time_factor`. A server name in an endpoint is resolved by `names` first. What
has no evidence is said where it stands: words of errors that are AWS's own are in `words.py`, others are ours.

Faults (`local.dms.faults`; `times` None means for ever, `add` returns nothing, `clear()` removes all):
    FailInstance(identifier=None, status="failed")      creation ends in this status instead of `available`
    RoleNotEffective(seconds)                           dms-vpc-role younger than this is "not configured properly"
    ConnectionTestFails("source"|"target", message=…)   test-connection ends `failed`
    TableError("shop.orders", after_rows=0)             the table ends as `Table error`, the task goes on
    SuspendTable("shop.orders")                         CDC: the table is suspended (and awsdms_suspended_tables)
    FatalError(after_rows=0, status="failed")           the task ends with Stop Reason FATAL_ERROR
    StopTask(reason, after_rows=0)                      the task stops with any other documented stop reason
    NoTables()                                          the task captures no table, whatever the rules say
    LoseRows("shop.orders", 3)                          these rows are passed over in silence (to be found)
    ThrottleNext(n, operation=None)                     the next n calls answer ThrottlingException
    ThrottleEvery(n)                                    every nth call does
    Deny("CreateEndpoint")                              the caller's policy does not allow this operation (with
                                                        Cloud(simulates_policies=True) IAM's simulation too)
    Raise("CreateReplicationInstance", "InsufficientResourceCapacityFault", "…", times=1)     any fault at all
"""

from local.dms.cloud import Cloud, Network
from local.dms.stand_in import StandIn

__all__ = ["Cloud", "Network", "StandIn"]
