CREATE TABLE documents (id INT AUTO_INCREMENT PRIMARY KEY, j JSON,
    name VARCHAR(40) GENERATED ALWAYS AS (j->>'$.name') VIRTUAL, size INT AS (JSON_LENGTH(j)) STORED,
    KEY by_value ((JSON_VALUE(j, '$.id' RETURNING UNSIGNED))), KEY by_text ((CAST(j->>'$.name' AS CHAR(30)) COLLATE utf8mb4_bin)), KEY by_name (name), UNIQUE KEY by_size (size, id));
INSERT INTO documents (j) VALUES ('{"id": 1, "name": "Zoë"}'), ('{"id": 2, "name": "it''s"}'), ('{}'), (NULL);
