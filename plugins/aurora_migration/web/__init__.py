"""The page in Airflow's UI: read-only JSON over the control schema, and static files. Writes nothing, ever."""
