CREATE TABLE documents (id INT AUTO_INCREMENT PRIMARY KEY, j JSON, nn JSON NOT NULL);
INSERT INTO documents (j, nn) VALUES (NULL, 'null'), ('null', '{}'), ('[]', '""'), ('{"b": 1, "a": 2, "aa": 3, "": 4}', '[null, true, false]'),
    ('{"a": 1, "a": 2}', '"\\u0000\\u0001\\"\\\\\\/\\b\\f\\n\\r\\t"'), ('"😀 é \\ud83d\\ude00"', '{"k😀": "v"}'), ('"it''s"', '"%s {0} `x`"');
INSERT INTO documents (j, nn) VALUES (CONCAT(REPEAT('[', 99), REPEAT(']', 99)), CONCAT(REPEAT('{"a":', 98), '1', REPEAT('}', 98)));
INSERT INTO documents (j, nn) SELECT JSON_ARRAYAGG(n), JSON_OBJECTAGG(CONCAT('k', n), REPEAT('x', n % 50)) FROM (WITH RECURSIVE s (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM s WHERE n < 900) SELECT n FROM s) q;
UPDATE documents SET j = JSON_SET(j, '$[0]', 'changed'), nn = JSON_REMOVE(nn, '$.k1') WHERE JSON_TYPE(j) = 'ARRAY';
