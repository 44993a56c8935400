"""Makes every broken migration file visible as this file's DAG import error, without touching the others.

Airflow keeps import errors by DAG file and stops scheduling all DAGs of a file that has one, so the graphs skip a
broken migration and it is reported from here, where there is no DAG to lose.
"""

from aurora_migration.bridge.migration_files import read_all
from aurora_migration.errors import ConfigurationError

_broken = read_all()[1]
if _broken:
    raise ConfigurationError("; ".join(f"{file.path.name}: {file.reason}" for file in _broken))
