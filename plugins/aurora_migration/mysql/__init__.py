"""The only importers of MySQL drivers: endpoints, sessions, catalog, row reader, bulk writer. Knows no Airflow."""
