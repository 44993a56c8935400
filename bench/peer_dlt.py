"""dlt's share, run by the Python of its own environment: ``python bench/peer_dlt.py FILE``; imports none of ours.

`sql_table` with the pyarrow backend into the sqlalchemy destination, chunks of 50,000 rows, two workers for each
of normalizing and loading. dlt makes the table by its own notion of the types and without indexes; those are added
afterwards by whoever started this.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from pathlib import Path
from urllib.parse import quote


def main(path: Path) -> None:
    ends = json.loads(path.read_text(encoding="utf-8"))
    with tempfile.TemporaryDirectory(prefix="bench-dlt-") as folder:
        os.environ |= {
            "DLT_DATA_DIR": folder,
            "RUNTIME__DLTHUB_TELEMETRY": "false",
            "NORMALIZE__WORKERS": "2",
            "LOAD__WORKERS": "2",
        }
        import dlt
        from dlt.sources.sql_database import sql_table

        urls = {
            role: f"mysql+mysqldb://{quote(ends[role]['user'])}:{quote(ends[role]['password'])}"
            f"@{ends[role]['host']}:{ends[role]['port']}/{ends['database']}?charset=utf8mb4&ssl_mode=REQUIRED"
            for role in ("source", "target")
        }
        pipeline = dlt.pipeline(
            "bench",
            pipelines_dir=folder,
            destination=dlt.destinations.sqlalchemy(urls["target"]),
            dataset_name=ends["database"],
        )
        tables = [
            sql_table(urls["source"], table=name, backend="pyarrow", chunk_size=50_000) for name in ends["tables"]
        ]
        pipeline.run(tables, write_disposition="append").raise_on_failed_jobs()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
