"""The migration itself, phase by phase. Imports no Airflow; phases talk through values, not to each other."""
