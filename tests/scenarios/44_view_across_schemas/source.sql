CREATE DATABASE view_far;
CREATE TABLE view_far.t (id INT PRIMARY KEY, v INT);
INSERT INTO view_far.t VALUES (1, 1);
CREATE FUNCTION view_far.f(n INT) RETURNS INT DETERMINISTIC RETURN n * 2;
CREATE TABLE near (id INT PRIMARY KEY);
INSERT INTO near VALUES (1);
CREATE VIEW joined AS SELECT n.id, t.v, view_far.f(t.v) AS twice FROM near n JOIN view_far.t t ON t.id = n.id;
CREATE VIEW view_far.back AS SELECT j.id FROM `44_view_across_schemas`.joined j;
