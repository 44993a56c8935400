"""Reports kept in object storage: S3 as moto's server speaks it, through the file system that Airflow gives."""

from __future__ import annotations

import json
import logging
import secrets
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from aurora_migration.bridge import report_files
from tests.fresh_databases import Databases
from tests.integration.bridge import phases

pytestmark = [pytest.mark.servers, pytest.mark.airflow]

NEW = Callable[..., Databases]
SECRET = "test-Secret-1"


@dataclass(frozen=True, slots=True)
class Store:
    """A bucket of a server of our own."""

    client: Any
    bucket: str
    connection: str  # of this store alone: Airflow keeps the file system of a connection for the process

    def objects(self) -> dict[str, bytes]:
        found = self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])
        return {
            one["Key"]: self.client.get_object(Bucket=self.bucket, Key=one["Key"])["Body"].read() for one in found
        }


@pytest.fixture
def store(monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """A bucket, and the Airflow connection that leads there."""
    import boto3
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    extra = {"endpoint_url": f"http://{host}:{port}", "region_name": "eu-west-1"}
    connection = f"report_store_{secrets.token_hex(4)}"
    login = {"login": "test-key", "password": SECRET}
    monkeypatch.setenv(
        f"AIRFLOW_CONN_{connection.upper()}", json.dumps({"conn_type": "aws", **login, "extra": extra})
    )
    keys = {"aws_access_key_id": login["login"], "aws_secret_access_key": SECRET}
    made = Store(boto3.client("s3", **extra, **keys), f"reports-{secrets.token_hex(4)}", connection)
    where = {"LocationConstraint": "eu-west-1"}
    made.client.create_bucket(Bucket=made.bucket, CreateBucketConfiguration=where)
    try:
        yield made
    finally:
        server.stop()


def test_a_report_lands_in_a_bucket_and_a_repeated_one_takes_its_place(databases: NEW, store: Store) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)", "INSERT INTO t VALUES (1)")
    folder = f"s3://{store.connection}@{store.bucket}/of/migrations"
    run = phases.run_of(made, config={"report": {"folder": folder}})
    phases.migrate(run)
    place = f"of/migrations/{run.config.name}/run"
    found = store.objects()
    assert sorted(found) == [f"{place}/report.html", f"{place}/report.json"]
    report = json.loads(found[f"{place}/report.json"])
    assert (report["verdict"], report["tables"][0]["source_rows"]) == ("proved", 1)
    time.sleep(0.002)  # a report's time is told in milliseconds
    phases.report(run)
    again = store.objects()
    assert sorted(again) == sorted(found)
    assert json.loads(again[f"{place}/report.json"])["made_at"] > report["made_at"]


@pytest.mark.parametrize("folder", ["s3://{0}@no-such-bucket-here/x", "s3://no_such_connection@reports/x"])
def test_a_bucket_that_is_not_there_costs_a_warning_without_a_secret(
    databases: NEW, store: Store, caplog: pytest.LogCaptureFixture, folder: str
) -> None:
    made = databases("CREATE TABLE t (id INT PRIMARY KEY)")
    run = phases.run_of(made, config={"report": {"folder": folder.format(store.connection)}})
    with caplog.at_level(logging.WARNING):
        assert phases.migrate(run)["proven"]
    words = [record.getMessage() for record in caplog.records if record.name == report_files.__name__]
    assert len(words) == 1
    assert "Report not written" in words[0]
    assert "What to do: " in words[0]
    assert SECRET not in caplog.text
    assert [one["Name"] for one in store.client.list_buckets()["Buckets"] if "no-such" in one["Name"]] == []
