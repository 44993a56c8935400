"""The replication itself: a task on an instance, or a serverless replication, behind one interface.

Both are described by mappings and settings, started with the same words, and answer the same table statistics
under other names.
"""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from aurora_migration.dms import describe
from aurora_migration.dms.describe import CONFIG, REPLICATION, TASK
from aurora_migration.dms.faults import EXISTS, aws, code_of
from aurora_migration.dms.observed import Observed
from aurora_migration.dms.provisioning import Provisioner
from aurora_migration.dms.settings import holds
from aurora_migration.dms.statistics import TableStatistics
from aurora_migration.dms.waiting import Wait
from aurora_migration.errors import FatalError, RetryableError

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Definition:
    """What a replication is to do."""

    migration_type: str
    mappings: str
    settings: str
    source_arn: str
    target_arn: str
    instance_arn: str = ""
    subnet_group: str | None = None

    @property
    def fingerprint(self) -> str:
        """Tells two definitions apart; ARNs are not part of it, since they cannot be changed."""
        text = "\n".join((self.migration_type, self.mappings, self.settings))
        return hashlib.sha256(text.encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Replication:
    """One migration's replication by its identifier; ``serverless`` says which kind."""

    client: Any
    identifier: str
    serverless: bool

    @property
    def word(self) -> str:
        return f"{'serverless replication' if self.serverless else 'replication task'} {self.identifier}"

    def observe(self) -> Observed:
        """What DMS says of it now."""
        return Observed.from_api(
            describe.find(self.client, REPLICATION if self.serverless else TASK, self.identifier)
        )

    def arn(self) -> str:
        """Raises: FatalError if it is gone."""
        found = describe.find(self.client, CONFIG if self.serverless else TASK, self.identifier)
        if found is None:
            raise FatalError("is gone", subject=self.word, remedy="clear dms_provision with downstream")
        return str(found["ReplicationConfigArn" if self.serverless else "ReplicationTaskArn"])

    def wait(self, *, gone: bool = False) -> Wait:
        return Wait("replication" if self.serverless else "task", (self.identifier,), gone)

    def statistics(self) -> tuple[TableStatistics, ...]:
        """Every table's statistics, all pages."""
        arn = self.arn()
        if self.serverless:
            call, answer = self.client.describe_replication_table_statistics, "ReplicationTableStatistics"
            found = describe.pages(call, answer, ReplicationConfigArn=arn)
        else:
            call, answer = self.client.describe_table_statistics, "TableStatistics"
            found = describe.pages(call, answer, ReplicationTaskArn=arn)
        return tuple(TableStatistics.from_api(one) for one in found)

    def start(self, kind: str, start_position: str | None = None) -> None:
        """Start in one of DMS's ways. Raises: RetryableError if it is in no state to start."""
        position = {"CdcStartPosition": start_position} if start_position else {}
        arn = self.arn()
        with aws(self.word):
            if self.serverless:
                self.client.start_replication(ReplicationConfigArn=arn, StartReplicationType=kind, **position)
            else:
                self.client.start_replication_task(
                    ReplicationTaskArn=arn, StartReplicationTaskType=kind, **position
                )
        _log.info("Started replication=%s type=%s", self.identifier, kind)

    def stop(self) -> None:
        """Ask it to stop; it does after a while."""
        arn = self.arn()
        with aws(self.word):
            if self.serverless:
                self.client.stop_replication(ReplicationConfigArn=arn)
            else:
                self.client.stop_replication_task(ReplicationTaskArn=arn)
        _log.info("Asked to stop replication=%s", self.identifier)

    def ensure(self, provisioner: Provisioner, definition: Definition) -> Wait | None:
        """None once it exists, is this migration's, and rests or runs; its definition is another question."""
        kind = CONFIG if self.serverless else TASK
        found = describe.find(self.client, kind, self.identifier)
        if found is None:
            return self._create(provisioner, definition)
        provisioner.owned(kind, self.identifier, str(found[kind.arn]))
        if not self.serverless and found.get("Status") in {
            "creating",
            "modifying",
            "deleting",
            "moving",
            "testing",
        }:
            return self.wait(gone=found["Status"] == "deleting")
        return None

    def is_defined_as(self, definition: Definition) -> bool:
        """Whether DMS stores the definition; what it adds by itself does not count."""
        found = describe.find(self.client, CONFIG if self.serverless else TASK, self.identifier) or {}
        stored = found.get("ReplicationSettings" if self.serverless else "ReplicationTaskSettings")
        migration_type = found.get("ReplicationType" if self.serverless else "MigrationType")
        return (
            migration_type == definition.migration_type
            and _json(found.get("TableMappings")) == _json(definition.mappings)
            and holds(_json(stored), _json(definition.settings))
        )

    def change(self, definition: Definition) -> Wait:
        """Give it another definition. Raises: RetryableError while it is at work by an older one, FatalError."""
        observed = self.observe()
        if self.serverless and not observed.never_started and observed.status != "failed":
            raise FatalError(
                "was started by another definition, and DMS lets no serverless replication be changed after that",
                subject=self.word,
                remedy="run <name>.dms_teardown, then start again",
            )
        if not observed.at_rest:
            raise RetryableError(
                f"is {observed.status} by an older definition",
                subject=self.word,
                remedy="stop it in the DMS console",
            )
        self._modify(self.arn(), definition)
        return self.wait()

    def setting(self, section: str, key: str) -> Any:
        """One of the stored settings; None if it is not there."""
        found = describe.find(self.client, CONFIG if self.serverless else TASK, self.identifier) or {}
        stored = found.get("ReplicationSettings" if self.serverless else "ReplicationTaskSettings")
        return (_json(stored).get(section) or {}).get(key)

    def change_settings(self, wanted: str) -> None:
        """Give a replication at rest other settings."""
        arn = self.arn()
        with aws(self.word):
            if self.serverless:
                self.client.modify_replication_config(ReplicationConfigArn=arn, ReplicationSettings=wanted)
            else:
                self.client.modify_replication_task(ReplicationTaskArn=arn, ReplicationTaskSettings=wanted)
        _log.info("Changed settings of replication=%s", self.identifier)

    def _create(self, provisioner: Provisioner, definition: Definition) -> Wait:
        with aws(self.word):
            try:
                if self.serverless:
                    self.client.create_replication_config(**self._config_members(provisioner, definition))
                else:
                    self.client.create_replication_task(**self._task_members(provisioner, definition))
            except Exception as error:
                if code_of(error) not in EXISTS:
                    raise
        _log.info("Created replication=%s type=%s", self.identifier, definition.migration_type)
        return self.wait()

    def _task_members(self, provisioner: Provisioner, definition: Definition) -> dict[str, Any]:
        return {
            "ReplicationTaskIdentifier": self.identifier,
            "SourceEndpointArn": definition.source_arn,
            "TargetEndpointArn": definition.target_arn,
            "ReplicationInstanceArn": definition.instance_arn,
            "MigrationType": definition.migration_type,
            "TableMappings": definition.mappings,
            "ReplicationTaskSettings": definition.settings,
            "Tags": provisioner.names.tags,
        }

    def _config_members(self, provisioner: Provisioner, definition: Definition) -> dict[str, Any]:
        return {
            "ReplicationConfigIdentifier": self.identifier,
            "SourceEndpointArn": definition.source_arn,
            "TargetEndpointArn": definition.target_arn,
            "ComputeConfig": self._compute(provisioner, definition),
            "ReplicationType": definition.migration_type,
            "TableMappings": definition.mappings,
            "ReplicationSettings": definition.settings,
            "Tags": provisioner.names.tags,
        }

    def _compute(self, provisioner: Provisioner, definition: Definition) -> dict[str, Any]:
        wanted = provisioner.config.serverless
        compute: dict[str, Any] = {"MaxCapacityUnits": wanted.max_units, "MultiAZ": wanted.multi_az}
        if wanted.min_units is not None:
            compute["MinCapacityUnits"] = wanted.min_units
        if definition.subnet_group is not None:
            compute["ReplicationSubnetGroupId"] = definition.subnet_group
        if provisioner.config.security_groups:
            compute["VpcSecurityGroupIds"] = provisioner.config.security_groups
        return compute

    def _modify(self, arn: str, definition: Definition) -> None:
        with aws(self.word):
            if self.serverless:
                self.client.modify_replication_config(
                    ReplicationConfigArn=arn,
                    ReplicationType=definition.migration_type,
                    TableMappings=definition.mappings,
                    ReplicationSettings=definition.settings,
                )
            else:
                self.client.modify_replication_task(
                    ReplicationTaskArn=arn,
                    MigrationType=definition.migration_type,
                    TableMappings=definition.mappings,
                    ReplicationTaskSettings=definition.settings,
                )
        _log.info("Changed replication=%s type=%s", self.identifier, definition.migration_type)


def _json(text: Any) -> Mapping[str, Any]:
    found = json.loads(text) if isinstance(text, str) and text else {}
    return found if isinstance(found, dict) else {}
