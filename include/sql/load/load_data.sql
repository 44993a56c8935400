-- Writes one chunk: one row text a line (see sql/row_text.py), bytes stored as they are.
-- The file name is a label only: the stream of this statement is all the client ever sends.
-- Versions: 8.0+. Privileges: INSERT; local_infile ON.
LOAD DATA LOCAL INFILE 'chunk' {duplicates} INTO TABLE {table} CHARACTER SET binary
FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '\'' ESCAPED BY '\\' LINES TERMINATED BY '\n' {columns}
