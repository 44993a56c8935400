CREATE TABLESPACE scenario_space ADD DATAFILE 'scenario_space.ibd';
CREATE TABLE placed (id INT PRIMARY KEY, v INT) TABLESPACE scenario_space;
INSERT INTO placed VALUES (1, 1);
CREATE TABLE in_system (id INT PRIMARY KEY) TABLESPACE innodb_system;
INSERT INTO in_system VALUES (1);
