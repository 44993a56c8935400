"""A DAG that asks a connection for one value: proof that an instance works, before anything is migrated by it."""

from __future__ import annotations

from airflow.sdk import dag, task


@dag(schedule=None, params={"fail": False}, tags=["test"])
def probe() -> None:
    """Read through the connection, map over three numbers, fail on request."""

    @task
    def read() -> str:
        from airflow.providers.mysql.hooks.mysql import MySqlHook

        row = MySqlHook("source_mysql").get_first("SELECT CONCAT('value ', 41 + 1)")
        return str(row[0])

    @task
    def square(number: int) -> int:
        return number * number

    @task
    def end(value: str, squares: list[int], params: dict[str, bool] | None = None) -> str:
        if (params or {}).get("fail"):
            raise RuntimeError("asked to fail")
        return f"{value} {sum(squares)}"

    end(read(), square.expand(number=[1, 2, 3]))


probe()
