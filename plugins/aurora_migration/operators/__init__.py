"""One Airflow operator a phase: resolve the run, call the engine, return a small summary."""
