-- Names of the partitioned tables of a schema.
-- Versions: 8.0+. Privileges: any on each table.
SELECT DISTINCT p.TABLE_NAME AS name
  FROM information_schema.PARTITIONS p
 WHERE p.TABLE_SCHEMA = %(schema)s AND p.TABLE_NAME {only}
   AND p.PARTITION_NAME IS NOT NULL
