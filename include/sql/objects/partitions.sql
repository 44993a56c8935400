-- One row per partition, or subpartition where there are any, in order.
-- Versions: 8.0+. Privileges: any on each table.
SELECT p.TABLE_NAME AS table_name,
       p.PARTITION_NAME AS name,
       p.SUBPARTITION_NAME AS subpartition,
       p.PARTITION_METHOD AS method,
       p.PARTITION_EXPRESSION AS expression,
       p.SUBPARTITION_METHOD AS submethod,
       p.SUBPARTITION_EXPRESSION AS subexpression,
       CAST(p.PARTITION_DESCRIPTION AS CHAR) AS bound,
       p.PARTITION_COMMENT AS comment
  FROM information_schema.PARTITIONS p
 WHERE p.TABLE_SCHEMA = %(schema)s
   AND p.PARTITION_NAME IS NOT NULL
 ORDER BY p.TABLE_NAME, p.PARTITION_ORDINAL_POSITION, p.SUBPARTITION_ORDINAL_POSITION
