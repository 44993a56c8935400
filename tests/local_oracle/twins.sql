-- The database both servers hold in the oracle's tests: one column of each awkward type, every kind of object.
CREATE TABLE parent (
    id INT NOT NULL AUTO_INCREMENT PRIMARY KEY,
    name VARCHAR(30) COLLATE utf8mb4_0900_ai_ci,
    small FLOAT,
    big DOUBLE,
    price DECIMAL(20, 6),
    at TIMESTAMP(3) NULL,
    day DATE,
    bits BIT(10),
    doc JSON,
    place GEOMETRY,
    raw VARBINARY(40),
    pic LONGBLOB,
    kind ENUM('a', 'b', 'c'),
    flags SET('x', 'y', 'z'),
    latin VARCHAR(20) CHARACTER SET latin1,
    number INT NOT NULL DEFAULT 1,
    twice INT GENERATED ALWAYS AS (number * 2) STORED,
    hidden INT DEFAULT 7 INVISIBLE,
    KEY by_name (name),
    CONSTRAINT positive CHECK (number > 0)
);
CREATE TABLE child (
    a INT NOT NULL,
    b VARCHAR(10) NOT NULL,
    parent_id INT,
    note TEXT,
    PRIMARY KEY (a, b),
    CONSTRAINT child_parent FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE
);
CREATE TABLE keyless (a INT, b VARCHAR(10));
CREATE TABLE parts (id INT NOT NULL PRIMARY KEY, v INT) PARTITION BY RANGE (id) (
    PARTITION p0 VALUES LESS THAN (100),
    PARTITION p1 VALUES LESS THAN MAXVALUE
);
CREATE TABLE empty_one (id INT PRIMARY KEY);
INSERT INTO parent (id, name, small, big, price, at, day, bits, doc, place, raw, pic, kind, flags, latin) VALUES
    (1, 'Ann', 1.1, 0.1, 12.5, '2020-01-01 10:00:00.123', '2020-02-02', b'1010101010', '{"a": 1.5}',
     ST_GeomFromText('POINT(1 2)', 4326), x'00ff27', REPEAT(x'ff00', 5000), 'a', 'x,z', 'café'),
    (2, NULL, -0.0e0, 1e300, NULL, NULL, '0000-00-00', NULL, NULL, NULL, NULL, NULL, 'b', '', ''),
    (3, 'NULL', 16777216, 2, 0, '1999-12-31 23:59:59.999', NULL, b'0', '[]', NULL, x'', '', 0, 'y', 'x');
INSERT INTO child VALUES (1, 'k', 1, 'one'), (1, 'K2', 1, 'two'), (2, 'k', NULL, NULL);
INSERT INTO keyless VALUES (1, 'x'), (1, 'x'), (2, NULL);
INSERT INTO parts VALUES (1, 1), (1000, 2);
CREATE VIEW seen AS SELECT id, name FROM parent WHERE id > 0;
CREATE FUNCTION add_one(n INT) RETURNS INT DETERMINISTIC RETURN n + 1;
CREATE PROCEDURE count_all(OUT n INT) SELECT COUNT(*) INTO n FROM parent;
CREATE TRIGGER child_note BEFORE INSERT ON child FOR EACH ROW SET NEW.note = COALESCE(NEW.note, 'none');
CREATE EVENT nightly ON SCHEDULE EVERY 1 DAY STARTS '2030-01-01 00:00:00' DISABLE DO DELETE FROM empty_one;
