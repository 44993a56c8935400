CREATE TABLE tagged (id INT AUTO_INCREMENT PRIMARY KEY, j JSON, other INT,
    KEY numbers ((CAST(j->'$.n' AS UNSIGNED ARRAY))), KEY words (other, (CAST(j->'$.w' AS CHAR(20) ARRAY))), UNIQUE KEY once ((CAST(j->'$.u' AS SIGNED ARRAY))));
INSERT INTO tagged (j, other) VALUES ('{"n": [1, 2, 3], "w": ["a", "é"], "u": [1, 2]}', 1), ('{"n": [], "w": [], "u": [3]}', 2), ('{"n": [2]}', 3), (NULL, NULL);
