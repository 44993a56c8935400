-- One row per base table of a schema, with statistics (estimates, not counts).
-- Versions: 8.0+. Privileges: any on each table. Cost: data dictionary, plus statistics per table.
SELECT t.TABLE_NAME AS name,
       COALESCE(t.ENGINE, '') AS engine,
       COALESCE(t.TABLE_ROWS, 0) AS row_estimate,
       COALESCE(t.DATA_LENGTH, 0) AS data_bytes,
       COALESCE(t.INDEX_LENGTH, 0) AS index_bytes,
       t.TABLE_COLLATION AS collation,
       t.AUTO_INCREMENT AS auto_increment,
       COALESCE(t.CREATE_OPTIONS, '') AS create_options,
       COALESCE(t.TABLE_COMMENT, '') AS comment
  FROM information_schema.TABLES t
 WHERE t.TABLE_SCHEMA = %(schema)s AND t.TABLE_NAME {only}
   AND t.TABLE_TYPE = 'BASE TABLE'
 ORDER BY t.TABLE_NAME
