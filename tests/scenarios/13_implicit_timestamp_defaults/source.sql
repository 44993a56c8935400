SET explicit_defaults_for_timestamp = OFF;
CREATE TABLE implicit (id INT PRIMARY KEY, ts TIMESTAMP, second TIMESTAMP NULL);
INSERT INTO implicit (id, ts) VALUES (1, '2001-01-01');
