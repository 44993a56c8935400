"""The Aurora-like profile: makes an ordinary MySQL server's accounts those of an Aurora MySQL 3 cluster.

The migration connects as `admin`, which holds what Aurora's administrator holds and nothing else: no SUPER,
no FILE, no SYSTEM_VARIABLES_ADMIN, so what is refused on Aurora is refused here. Not imitated, because an
ordinary server cannot: Aurora's `mysql.*` is read-only even to `admin`. Here it is not, and MySQL lets whoever may
update `mysql.*` grant any dynamic privilege, held or not: never take such a GRANT's success for Aurora's consent.
Aurora has no `root`; here root stays, for looking after the server.
"""

import re
from dataclasses import replace
from pathlib import Path
from typing import Literal

from local import script
from local.mysqld import Server

ADMIN, ROLE, RESERVED = "admin", "rds_superuser_role", "rdsadmin"
# each time it is set, a password gets another salt and so another hash: left out where the login works as it is
SET_PASSWORD = "ALTER USER"

Holding = Literal["directly", "through-role"]


def make_aurora_like(server: Server, admin_password: str, holding: Holding = "directly") -> None:
    """Create role, administrator and reserved account on the running `server`; repeating it changes nothing.

    Clusters differ in how the administrator holds its privileges. `directly`: itself, and again by the role.
    `through-role`: by the role alone, so that SHOW GRANTS shows USAGE until one asks what the role holds.
    """
    accepted = replace(server.root_login, user=ADMIN, password=admin_password).is_accepted()
    with server.connect() as connection, connection.cursor() as cursor:
        cursor.execute("SHOW PRIVILEGES")
        known = {str(row[0]).upper() for row in cursor.fetchall()}
        cursor.execute("SHOW GRANTS")
        complete = not any("SYSTEM_USER" in str(row[0]) for row in cursor.fetchall())
        for statement in script.statements(Path(__file__).with_suffix(".sql").read_text()):
            if complete and RESERVED in statement:
                continue  # made before root lost the privilege to touch it
            if accepted and statement.startswith(SET_PASSWORD):
                continue
            dynamic = re.match(r"GRANT (\w+_\w+) ON ", statement)
            if dynamic is None or dynamic[1] in known:
                cursor.execute(statement, {"password": admin_password})
        if not complete:
            # Aurora has no root. The administrator cannot name an account that holds SYSTEM_USER as a DEFINER,
            # and a definer called root, as every dump has, must behave as it does there.
            for host in ("127.0.0.1", "localhost"):  # its own account last
                cursor.execute(f"REVOKE SYSTEM_USER ON *.* FROM root@{host!r}")
        if holding == "through-role":
            cursor.execute(f"REVOKE ALL PRIVILEGES, GRANT OPTION FROM {ADMIN}")
