CREATE TABLE aliased (id SERIAL, v INT, PRIMARY KEY (v));
INSERT INTO aliased (v) VALUES (10), (20);
