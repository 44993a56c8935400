"""The sample databases `shop` and `shop_archive`: a shop with every awkward kind of table, and six accounts.

`load` makes about a million rows (200 MB) inside the server in under a minute; `scale` makes it smaller or
larger. The rows depend on `scale` alone: two loads are equal, byte for byte. Loading drops what was there under
these names.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

import pymysql

from local import script
from local.login import Login

log = logging.getLogger(__name__)

DATABASES = ("shop", "shop_archive")
VERSION = 1
# Everybody may know it: the sample's accounts exist on servers that listen on 127.0.0.1 only.
ACCOUNT_PASSWORD = "shop-Sample-1"

SIZES: Mapping[str, int] = {
    "suppliers": 300,
    "customers": 60_000,
    "addresses": 80_000,
    "pickup_points": 3_000,
    "products": 20_000,
    "images": 14_000,
    "orders": 120_000,
    "payments": 110_000,
    "reviews": 40_000,
    "activities": 110_000,
    "page_views": 70_000,
    "closed_orders": 5_000,
}
FILES = ("schema.sql", "rows.sql", "accounts.sql", "views.sql", "routines.sql", "grants.sql")
SESSION = "SET time_zone = '+00:00', foreign_key_checks = 0, unique_checks = 0"


def load(login: Login, scale: float = 1.0, account_password: str = ACCOUNT_PASSWORD) -> None:
    """Make the sample databases and accounts on the server, anew if they exist; `login` needs every privilege.

    `scale` 1.0 is about a million rows, at least 0.001.

    Raises:
        ValueError: `scale` is too small for a shop, or larger than the numbers suffice for.
        pymysql.err.Error: the server refused something.
    """
    if not 0.001 <= scale <= 8:
        raise ValueError(f"scale {scale}: give 0.001 (a thousand rows) to 8 (eight million)")
    folder = Path(__file__).parent
    with login.connect() as connection:
        with connection.cursor() as cursor:
            cursor.execute(SESSION)
            for name, size in _sizes(scale).items():
                cursor.execute(f"SET @{name} = %s", (size,))
        for name in FILES:
            log.info("loading the sample file=%s scale=%s", name, scale)
            script.run(
                connection, folder / name, {"password": account_password} if name == "accounts.sql" else None
            )
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO shop.setting VALUES ('sample', %s)", (json.dumps(_mark(scale)),))


def is_loaded(login: Login, scale: float = 1.0) -> bool:
    """Whether a complete sample of this `scale` is there, whatever happened to its rows since."""
    with login.connect() as connection, connection.cursor() as cursor:
        try:
            cursor.execute("SELECT value FROM shop.setting WHERE name = 'sample'")
        except pymysql.err.MySQLError as error:
            if error.args[0] in (1049, 1146):  # no such database, no such table
                return False
            raise
        row = cursor.fetchone()
    return row is not None and json.loads(row[0]) == _mark(scale)


def _mark(scale: float) -> dict[str, float]:
    return {"version": VERSION, "scale": scale}


def _sizes(scale: float) -> dict[str, int]:
    sizes = {name: max(10, round(size * scale)) for name, size in SIZES.items()}
    # the numbers must reach the largest size and the tables of fixed size
    return {**sizes, "numbers": max(*sizes.values(), 400)}
