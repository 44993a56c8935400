"""What has to become of each scenario account of source.sql, written by hand from the rules, not from a run.

``kept`` is what it holds on the target. ``dropped`` and ``changed`` name the rule; a changed entry also names the
new form. Accounts that are not listed here are a failure of the test.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Scenario:
    """One account and its outcome."""

    account: str
    kept: tuple[str, ...] = ()
    dropped: dict[str, str] = field(default_factory=dict)
    changed: dict[str, tuple[str, str]] = field(default_factory=dict)
    action: str = "create"
    plugin: str = "caching_sha2_password"
    locked: bool = False
    default_roles: tuple[str, ...] = ()


SELECT_APP_1 = (r"SELECT on app\_1.*",)
RANDOM = "locked, with a random password"
OWNED = [
    *(
        "ALTER",
        "ALTER ROUTINE",
        "CREATE",
        "CREATE ROUTINE",
        "CREATE TEMPORARY TABLES",
        "CREATE VIEW",
        "DELETE",
        "DROP",
    ),
    *("EVENT", "EXECUTE", "GRANT OPTION", "INDEX", "INSERT", "LOCK TABLES", "REFERENCES", "SELECT", "SHOW VIEW"),
    *("TRIGGER", "UPDATE"),
]
OF_TABLES = (
    "ALTER, CREATE, CREATE VIEW, DELETE, DROP, INDEX, INSERT, REFERENCES, SELECT, SHOW VIEW, TRIGGER, UPDATE"
)
# Aurora's documented list for its administrator, as far as MySQL 9.7 has these privileges
OF_ADMIN = [
    *OWNED,
    *("CREATE ROLE", "CREATE USER", "DROP ROLE", "PROCESS", "RELOAD", "REPLICATION CLIENT", "REPLICATION SLAVE"),
    "SHOW DATABASES",
]
DYNAMIC_OF_ADMIN = [
    *("ALLOW_NONEXISTENT_DEFINER", "APPLICATION_PASSWORD_ADMIN", "CONNECTION_ADMIN", "FLUSH_OPTIMIZER_COSTS"),
    *("FLUSH_STATUS", "FLUSH_TABLES", "FLUSH_USER_RESOURCES", "ROLE_ADMIN", "SET_ANY_DEFINER", "SHOW_ROUTINE"),
    "XA_RECOVER_ADMIN",
]
PARTS_OF_SUPER = "CONNECTION_ADMIN, ROLE_ADMIN, SET_ANY_DEFINER"

NAMES = [
    Scenario("plain@%", SELECT_APP_1),
    Scenario("at_home@localhost"),
    Scenario("net@10.0.%"),
    Scenario("mask@192.168.1.0/255.255.255.0"),
    Scenario("cidr@198.51.100.0/24"),
    Scenario("six@::1"),
    Scenario("upper_host@host.example.org"),
    Scenario("no_host@"),
    Scenario("name_of_thirty_two_characters_xx@%"),
    Scenario('o\'neil "x" `y\\z%@%', SELECT_APP_1),
    Scenario("?é@%"),  # MySQL keeps user names in three-byte utf8: the emoji was lost at CREATE USER on the source
    Scenario("at@sign@%", SELECT_APP_1),
    Scenario("@anon.example.org", SELECT_APP_1),
    Scenario("twin@%", ("SELECT on appX1.t",)),
    Scenario("twin@127.0.0.1", ("SELECT on app_1.t",), plugin="sha256_password"),
]
LOGINS = [
    Scenario("sha256@%", plugin="sha256_password"),
    Scenario("empty_pw@%"),
    Scenario("two_pw@%"),
    Scenario(
        "peer@%",
        changed={"login by auth_socket, which the target does not accept": ("plugin-missing", RANDOM)},
        locked=True,
    ),
    Scenario(
        "no_login@%",
        changed={"login by mysql_no_login, which the target does not accept": ("plugin-missing", RANDOM)},
        locked=True,
    ),
    Scenario(
        "two_factor@%",
        changed={"login by caching_sha2_password and auth_socket": ("multi-factor", RANDOM)},
        locked=True,
    ),
    Scenario("locked@%", locked=True),
    Scenario("expired@%"),
    Scenario("expired_again@%"),
    Scenario("policy@%"),
    Scenario("optional_current@%"),
    Scenario("attempts@%"),
    Scenario("remembers@%"),
    Scenario("needs_tls@%"),
    Scenario("needs_x509@%"),
    Scenario("needs_subject@%"),
    Scenario("limited@%"),
    Scenario("described@%"),
]
ROLES = [
    Scenario("app_read@%", SELECT_APP_1, locked=True),
    Scenario("app_write@%", (r"INSERT on app\_1.*", r"UPDATE on app\_1.*", "role app_read@%"), locked=True),
    Scenario("r'ole@dc1", locked=True),
    Scenario("described_role@%", locked=True),
    Scenario("as_role@%", ("SELECT on appX1.*",)),
    Scenario("member@%", ("role app_write@%",), default_roles=("app_write@%",)),
    Scenario("keeper@%", ("role app_read@% with admin option",)),
    Scenario("half@%", ("role app_read@%", "role r'ole@dc1"), default_roles=("r'ole@dc1",)),
    Scenario("uses_account@%", ("role as_role@%",), default_roles=("as_role@%",)),
    Scenario(
        "rds_member@%",
        ("role rds_superuser_role@%",),
        dropped={
            "role AWS_LAMBDA_ACCESS@%": "role-left-out",
            "default role AWS_LAMBDA_ACCESS@%": "default-role-left-out",
        },
        default_roles=("rds_superuser_role@%",),
    ),
]
GRANTS = [
    Scenario("no_privileges@%"),
    Scenario(
        "col_reader@%",
        (
            "INSERT on app_1.t (b)",
            "SELECT on app_1.t (a)",
            "SELECT on app_1.t (c)",
            "UPDATE on app_1.t",
        ),
    ),
    Scenario(
        "caller@%",
        (
            "ALTER ROUTINE on PROCEDURE app_1.refresh",
            "EXECUTE on FUNCTION prod_shop.vat",
            "EXECUTE on PROCEDURE app_1.refresh",
        ),
        changed={"EXECUTE on FUNCTION shop.vat": ("renamed", "FUNCTION prod_shop.vat")},
    ),
    Scenario("wild@%", ("SELECT on app%.*",)),
    Scenario("bare_underscore@%", ("SELECT on app_1.*",)),
    Scenario("sees_view@%", ("SELECT on app_1.v", "SHOW VIEW on app_1.v")),
    Scenario("owner@%", tuple(rf"{privilege} on app\_1.*" for privilege in OWNED)),
    Scenario(
        "super@%",
        tuple(f"{privilege} on *.*" for privilege in PARTS_OF_SUPER.split(", ")),
        dropped={"SUPER on *.*": "ungrantable"},
        changed={"SUPER on *.*": ("replaced-privilege", PARTS_OF_SUPER)},
    ),
    Scenario(
        "dynamic@%",
        ("ROLE_ADMIN on *.* with grant option", "SHOW_ROUTINE on *.*"),
        dropped={"BACKUP_ADMIN on *.*": "ungrantable"},
    ),
    Scenario(
        "reader@%",
        ("PROCESS on *.*", "REPLICATION CLIENT on *.*", "SELECT on *.*"),
        dropped={"FILE on *.*": "ungrantable"},
    ),
    Scenario("hands_on@%", (r"GRANT OPTION on app\_1.*",)),
    Scenario("acts@%", dropped={"PROXY on plain@%": "ungrantable"}),
    Scenario("acts_as_all@%", dropped={"PROXY on @": "ungrantable"}),
    Scenario("on_gone_table@%", dropped={"SELECT on app_1.doomed": "no-such-object"}),
    Scenario("on_gone_column@%", ("SELECT on app_1.t (a)",), {"SELECT on app_1.t (doomed)": "no-such-object"}),
    Scenario("on_gone_routine@%", dropped={"EXECUTE on PROCEDURE app_1.doomed": "no-such-object"}),
    Scenario("on_gone_schema@%", dropped={"SELECT on doomed.*": "no-such-object"}),
    Scenario(
        "on_legacy@%", dropped={"SELECT on legacy.*": "not-migrated", "INSERT on legacy.old": "not-migrated"}
    ),
    Scenario(
        "on_mysql@%", dropped={"SELECT on mysql.*": "system-schema", "SELECT on mysql.user": "system-schema"}
    ),
    Scenario(
        "monitor@%",
        (
            "EXECUTE on FUNCTION sys.format_path",
            "EXECUTE on sys.*",
            "SELECT on performance_schema.*",
            "SELECT on sys.*",
        ),
        dropped={"UPDATE on performance_schema.setup_consumers": "system-schema"},
    ),
    Scenario(
        "renamed@%",
        (
            r"CREATE ROUTINE on prod\_shop.*",
            r"INSERT on prod\_shop.*",
            r"SELECT on prod\_shop.*",
            "INSERT on archive.shop_audit",
            "SELECT on archive.shop_audit",
            "SELECT on prod_shop.orders",
        ),
        changed={
            "CREATE ROUTINE, INSERT, SELECT on shop.*": ("renamed", r"prod\_shop.*"),
            "INSERT, SELECT on shop.*": ("renamed", "archive.shop_audit"),
            "SELECT on shop.orders": ("renamed", "prod_shop.orders"),
        },
    ),
    Scenario(
        "moved@%",
        ("INSERT on archive.shop_audit", "SELECT on archive.shop_audit"),
        changed={"INSERT, SELECT on shop.audit": ("renamed", "archive.shop_audit")},
    ),
    Scenario(
        "shared@%",
        ("EXECUTE on PROCEDURE crm_all.merge_all", "SELECT on crm_all.c1"),
        dropped={"EVENT on crm.*": "shared-schema"},
        changed={
            "EXECUTE on crm.*": ("shared-schema", "PROCEDURE crm_all.merge_all"),
            "SELECT on crm.*": ("shared-schema", "crm_all.c1"),
        },
    ),
    Scenario(
        "on_hr@%",
        ("SELECT on hr.people",),
        {"SELECT on hr.pay": "not-migrated", "EXECUTE on PROCEDURE hr.raise_pay": "not-migrated"},
    ),
]
SERVERS = [
    Scenario("rdsadmin@localhost", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("rds_superuser_role@%", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("AWS_LAMBDA_ACCESS@%", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("mysql.sys@localhost", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("mysql.session@localhost", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("mysql.infoschema@localhost", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("root@localhost", dropped={"the account": "reserved"}, action="skip", plugin=""),
    Scenario("root@127.0.0.1", dropped={"the account": "reserved"}, action="skip", plugin=""),
]
SCENARIOS = [*NAMES, *LOGINS, *ROLES, *GRANTS, *SERVERS]
# looked at by tests of their own
ELSEWHERE = {"everything@%", "everywhere@%", "admin@%", "migrator@%"}
