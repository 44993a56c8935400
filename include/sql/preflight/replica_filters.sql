-- Filters of a replica's appliers, of one channel or of all.
-- Versions: 8.0+. Privileges: SELECT on performance_schema.
SELECT f.CHANNEL_NAME AS channel,
       f.FILTER_NAME AS name,
       f.FILTER_RULE AS rule
  FROM performance_schema.replication_applier_filters f
 WHERE f.FILTER_RULE <> ''
UNION ALL
SELECT 'all' AS channel,
       g.FILTER_NAME AS name,
       g.FILTER_RULE AS rule
  FROM performance_schema.replication_applier_global_filters g
 WHERE g.FILTER_RULE <> ''
