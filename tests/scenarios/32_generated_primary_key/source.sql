SET sql_generate_invisible_primary_key = ON;
CREATE TABLE no_key (a INT, b VARCHAR(10));
INSERT INTO no_key VALUES (1, 'x'), (1, 'x'), (2, NULL);
CREATE TABLE empty_one (a INT);
