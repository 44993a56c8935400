CREATE TABLE no_pad (k VARCHAR(10) COLLATE utf8mb4_0900_ai_ci PRIMARY KEY);
INSERT INTO no_pad VALUES ('a'), ('a '), ('a  '), (''), (' '), ('b');
CREATE TABLE pad (k VARCHAR(10) COLLATE utf8mb4_general_ci PRIMARY KEY);
INSERT INTO pad VALUES ('a '), ('b'), ('');
CREATE TABLE pad_bin (k VARCHAR(10) COLLATE utf8mb4_bin PRIMARY KEY);
INSERT INTO pad_bin VALUES ('a   '), ('A'), ('B  ');
CREATE TABLE no_pad_bin (k VARCHAR(10) COLLATE utf8mb4_0900_bin PRIMARY KEY);
INSERT INTO no_pad_bin VALUES ('a'), ('a '), ('A');
