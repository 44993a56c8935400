"""The peers written in Python, each a process of its own: ``python -m bench.peer_python pandas|transfer FILE``.

Both find the tables made already, as on the source, indexes included: neither makes them faithfully.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

ROWS: Final = 10_000  # of a chunk of pandas, and of a commit of GenericTransfer


def with_pandas(ends: dict[str, Any]) -> None:
    """`read_sql` in chunks and `to_sql`, over mysqlclient, whose `executemany` makes long INSERTs.

    Read from a cursor on the server, so that memory stays bounded.
    """
    import pandas
    from sqlalchemy import create_engine

    urls = {
        role: f"mysql+mysqldb://{quote(end['user'])}:{quote(end['password'])}@{end['host']}:{end['port']}"
        f"/{ends['database']}?charset=utf8mb4&ssl_mode=REQUIRED"
        for role, end in ends.items()
        if isinstance(end, dict)
    }
    source, target = create_engine(urls["source"]), create_engine(urls["target"])
    with source.connect().execution_options(stream_results=True) as reading, target.connect() as writing:
        for table in ends["tables"]:
            for frame in pandas.read_sql(f"SELECT * FROM {table}", reading, chunksize=ROWS):
                for name in frame.select_dtypes("timedelta"):  # to_sql would write nanoseconds
                    frame[name] = [None if value is pandas.NaT else str(value)[7:] for value in frame[name]]
                frame.to_sql(table, writing, if_exists="append", index=False, chunksize=ROWS)
                writing.commit()


def with_transfer(ends: dict[str, Any]) -> None:
    """Airflow's `GenericTransfer` between two MySqlHooks, with `executemany` and a commit every 10,000 rows.

    The defaults (single-row INSERTs, a commit every 1,000) are slower still.
    """
    for role, end in ends.items():
        if isinstance(end, dict):
            connection = {
                "conn_type": "mysql",
                "host": end["host"],
                "port": end["port"],
                "login": end["user"],
                "password": end["password"],
                "schema": ends["database"],
                "extra": {"charset": "utf8mb4", "ssl_mode": "REQUIRED"},
            }
            os.environ[f"AIRFLOW_CONN_{role.upper()}"] = json.dumps(connection)
    from airflow.providers.common.sql.operators.generic_transfer import GenericTransfer

    for table in ends["tables"]:
        operator = GenericTransfer(
            task_id=f"transfer_{table}",
            sql=f"SELECT * FROM {table}",
            destination_table=table,
            source_conn_id="source",
            destination_conn_id="target",
            insert_args={"executemany": True, "commit_every": ROWS},
        )
        operator.execute({})


if __name__ == "__main__":
    {"pandas": with_pandas, "transfer": with_transfer}[sys.argv[1]](
        json.loads(Path(sys.argv[2]).read_text(encoding="utf-8"))
    )
