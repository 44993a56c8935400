"""Between Airflow and the engine: connections, migration files, failures, progress, runs."""
