-- InnoDB tables outside a file of their own in the data directory: in a general tablespace, or in a file elsewhere.
-- Names are in the encoding of file names. Versions: 8.0+. Privileges: PROCESS.
SELECT t.NAME AS file_name,
       t.SPACE_TYPE AS space_type,
       f.PATH AS path
  FROM information_schema.INNODB_TABLES t
  LEFT JOIN information_schema.INNODB_DATAFILES f ON f.SPACE = t.SPACE
 WHERE t.SPACE_TYPE = 'General'
    OR (t.SPACE_TYPE = 'Single' AND f.PATH NOT LIKE './%%')
 ORDER BY t.NAME
