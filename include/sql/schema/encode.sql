-- A text's bytes in another character set, and the text that these bytes stand for there.
-- Versions: 8.0+. Privileges: none.
SELECT CAST(CONVERT(%(text)s USING {charset}) AS BINARY) AS encoded,
       CONVERT(CONVERT(%(text)s USING {charset}) USING utf8mb4) AS again
