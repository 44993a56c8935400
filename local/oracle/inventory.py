"""The catalog queries of the oracle: one for each kind of object.

The first column is the object's name inside its database; the others must be equal on both sides. `{schema}`
stands for the database as a literal.
"""

from collections.abc import Mapping

INVENTORY: Mapping[str, str] = {
    "database": """
        SELECT '', DEFAULT_CHARACTER_SET_NAME, DEFAULT_COLLATION_NAME
        FROM information_schema.SCHEMATA WHERE SCHEMA_NAME = {schema}""",
    "table": """
        SELECT TABLE_NAME, TABLE_COLLATION, TABLE_COMMENT
        FROM information_schema.TABLES WHERE TABLE_SCHEMA = {schema} AND TABLE_TYPE = 'BASE TABLE'""",
    "view": """
        SELECT TABLE_NAME, VIEW_DEFINITION, CHECK_OPTION, SECURITY_TYPE
        FROM information_schema.VIEWS WHERE TABLE_SCHEMA = {schema}""",
    "routine": """
        SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', ROUTINE_NAME), ROUTINE_DEFINITION, DTD_IDENTIFIER,
               IS_DETERMINISTIC, SQL_DATA_ACCESS, SECURITY_TYPE, SQL_MODE, ROUTINE_COMMENT,
               CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION
        FROM information_schema.ROUTINES WHERE ROUTINE_SCHEMA = {schema}""",
    "parameter": """
        SELECT CONCAT(LOWER(ROUTINE_TYPE), ' ', SPECIFIC_NAME, ' #', ORDINAL_POSITION), PARAMETER_MODE,
               PARAMETER_NAME, DTD_IDENTIFIER, CHARACTER_SET_NAME, COLLATION_NAME
        FROM information_schema.PARAMETERS WHERE SPECIFIC_SCHEMA = {schema}""",
    "trigger": """
        SELECT TRIGGER_NAME, EVENT_OBJECT_TABLE, EVENT_MANIPULATION, ACTION_TIMING, ACTION_ORDER,
               ACTION_STATEMENT, SQL_MODE, CHARACTER_SET_CLIENT, COLLATION_CONNECTION, DATABASE_COLLATION
        FROM information_schema.TRIGGERS WHERE TRIGGER_SCHEMA = {schema}""",
    "event": """
        SELECT EVENT_NAME, EVENT_TYPE, EVENT_DEFINITION, EXECUTE_AT, INTERVAL_VALUE, INTERVAL_FIELD, STARTS,
               ENDS, ON_COMPLETION, TIME_ZONE, SQL_MODE, EVENT_COMMENT
        FROM information_schema.EVENTS WHERE EVENT_SCHEMA = {schema}""",
    "column": """
        SELECT CONCAT(c.TABLE_NAME, '.', c.COLUMN_NAME), c.ORDINAL_POSITION, c.COLUMN_TYPE, c.IS_NULLABLE,
               c.COLUMN_DEFAULT, c.EXTRA, c.CHARACTER_SET_NAME, c.COLLATION_NAME, c.GENERATION_EXPRESSION,
               c.SRS_ID, c.COLUMN_COMMENT
        FROM information_schema.COLUMNS c JOIN information_schema.TABLES t USING (TABLE_SCHEMA, TABLE_NAME)
        WHERE c.TABLE_SCHEMA = {schema} AND t.TABLE_TYPE = 'BASE TABLE'""",
    "index part": """
        SELECT CONCAT(TABLE_NAME, '.', INDEX_NAME, ' #', SEQ_IN_INDEX), COLUMN_NAME, NON_UNIQUE, COLLATION,
               SUB_PART, INDEX_TYPE, IS_VISIBLE, EXPRESSION, INDEX_COMMENT
        FROM information_schema.STATISTICS WHERE TABLE_SCHEMA = {schema}""",
    "foreign key": """
        SELECT CONCAT(k.TABLE_NAME, '.', k.CONSTRAINT_NAME, ' #', k.ORDINAL_POSITION), k.COLUMN_NAME,
               k.REFERENCED_TABLE_SCHEMA, k.REFERENCED_TABLE_NAME, k.REFERENCED_COLUMN_NAME, r.UPDATE_RULE,
               r.DELETE_RULE
        FROM information_schema.KEY_COLUMN_USAGE k JOIN information_schema.REFERENTIAL_CONSTRAINTS r
          ON r.CONSTRAINT_SCHEMA = k.CONSTRAINT_SCHEMA AND r.CONSTRAINT_NAME = k.CONSTRAINT_NAME
         AND r.TABLE_NAME = k.TABLE_NAME
        WHERE k.TABLE_SCHEMA = {schema}""",
    "check": """
        SELECT CONCAT(t.TABLE_NAME, '.', t.CONSTRAINT_NAME), t.ENFORCED, c.CHECK_CLAUSE
        FROM information_schema.TABLE_CONSTRAINTS t
        JOIN information_schema.CHECK_CONSTRAINTS c USING (CONSTRAINT_SCHEMA, CONSTRAINT_NAME)
        WHERE t.TABLE_SCHEMA = {schema} AND t.CONSTRAINT_TYPE = 'CHECK'""",
    "partition": """
        SELECT CONCAT(TABLE_NAME, '.', PARTITION_NAME, '/', COALESCE(SUBPARTITION_NAME, '')),
               PARTITION_ORDINAL_POSITION, SUBPARTITION_ORDINAL_POSITION, PARTITION_METHOD,
               SUBPARTITION_METHOD, PARTITION_EXPRESSION, SUBPARTITION_EXPRESSION, PARTITION_DESCRIPTION
        FROM information_schema.PARTITIONS WHERE TABLE_SCHEMA = {schema} AND PARTITION_NAME IS NOT NULL""",
}
# Kinds whose names start with the name of the table they belong to.
OF_TABLES = ("column", "index part", "foreign key", "check", "partition")
COUNTERS = """
    SELECT TABLE_NAME, AUTO_INCREMENT FROM information_schema.TABLES
    WHERE TABLE_SCHEMA = {schema} AND AUTO_INCREMENT IS NOT NULL"""
