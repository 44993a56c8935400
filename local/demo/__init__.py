"""The demo: real servers, a real Airflow, one migration, and an independent comparison at the end.

`python -m local.demo up [--dump FILE] [--type TYPE]` and `python -m local.demo down`. The exit code of `up`
is 0 only if the run is green and the oracle, which shares no code with the engine, finds both servers equal.
What it starts stays up; a second `up` takes it up again and migrates once more. Everything lies in
`local/run`.
"""
