-- The rows, computed inside the server from row numbers alone: two loads of one size are equal, byte for byte.
-- The caller sets @customers, @products and the other sizes. CRC32(n * prime) stands for a random number; nothing here
-- may depend on the clock, on UUID() or on RAND() without a seed. Sorted by key where the key is a hash.
-- JSON goes through text, as an application sends it: a DECIMAL or DATE built into a document in the server has a type
-- that no client can read or write.
SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_UNSIGNED_SUBTRACTION,ERROR_FOR_DIVISION_BY_ZERO';

CREATE TEMPORARY TABLE shop.number (n INT UNSIGNED NOT NULL PRIMARY KEY);
INSERT INTO shop.number
WITH digit (d) AS (
  SELECT 0 UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4
  UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9
), counted (n) AS (
  SELECT 1 + f.d * 100000 + e.d * 10000 + d.d * 1000 + c.d * 100 + b.d * 10 + a.d
  FROM digit a, digit b, digit c, digit d, digit e, digit f
)
SELECT n FROM counted WHERE n <= @numbers ORDER BY n;

INSERT INTO shop.country (code, name, region, vat_rate) VALUES
  ('AT', 'Österreich', 'Europe', 0.200), ('AU', 'Australia', 'Oceania', 0.100), ('BR', 'Brasil', 'Americas', 0.170),
  ('CH', 'Schweiz', 'Europe', 0.081), ('CI', 'Côte d''Ivoire', 'Africa', 0.180), ('DE', 'Deutschland', 'Europe', 0.190),
  ('EG', 'مصر', 'Africa', 0.140), ('ES', 'España', 'Europe', 0.210), ('FR', 'France', 'Europe', 0.200),
  ('GR', 'Ελλάδα', 'Europe', 0.240), ('IL', 'ישראל', 'Asia', 0.170), ('IN', 'भारत', 'Asia', 0.180),
  ('JP', '日本', 'Asia', 0.100), ('KE', 'Kenya', 'Africa', 0.160), ('KR', '대한민국', 'Asia', 0.100),
  ('MX', 'México', 'Americas', 0.160), ('NZ', 'Aotearoa', 'Oceania', 0.150), ('PL', 'Polska', 'Europe', 0.230),
  ('TH', 'ไทย', 'Asia', 0.070), ('US', 'United States', 'Americas', 0.000);

INSERT INTO shop.category (id, parent_id, name, `rank`)
SELECT n, IF(n <= 12, NULL, 1 + n MOD 12),
  CONCAT(ELT(1 + n MOD 6, 'Books', 'Music', 'Garden', 'Kitchen', 'Sport', 'Toys'), ' ', n), CAST(n MOD 256 AS SIGNED) - 128
FROM shop.number WHERE n <= 240;

INSERT INTO shop.supplier (code, name, country_code, opens, founded, contract)
SELECT CONCAT(ELT(1 + n MOD 3, 'sup-', 'SUP-', 'Süp-'), LPAD(n, 5, '0')),
  CONCAT(ELT(1 + CRC32(n * 7919) MOD 5, 'Maß & Sohn', 'Nordwind', 'O''Brien "Ltd"', 'Ōkami\\Kōgyō', 'Ünal'), ' ', n),
  ELT(1 + CRC32(n * 104729) MOD 5, 'DE', 'JP', 'US', 'PL', 'IN'),
  SEC_TO_TIME(CRC32(n * 31) MOD 86400), 1901 + CRC32(n * 37) MOD 120,
  IF(n MOD 7 = 0, NULL, REPEAT(CONCAT('Clause ', n, ': goods are "as seen"; tabs\tand\nlines are kept.\r\n'), 1 + n MOD 40))
FROM shop.number WHERE n <= @suppliers;

INSERT INTO shop.customer (id, email, first_name, last_name, status, interests, credit_limit, flags, born, preferences,
  default_address_id, created_at, changed_at, loyalty_points)
SELECT n, CONCAT('customer.', n, '@', ELT(1 + n MOD 4, 'example.com', 'example.org', 'example.net', 'mail.example')),
  ELT(1 + CRC32(n * 7919) MOD 12,
    'Ada', 'Bjørn', 'Chloé', 'David', 'Эмма', 'Fatıma', 'Günther', '花子', 'Iñigo', 'Jürgen', 'Κώστας', 'Zoë 🦊'),
  ELT(1 + CRC32(n * 104729) MOD 10,
    'Lovelace', 'Ångström', 'Dvořák', 'O''Neill', 'Müller', 'van \\ Dyke', 'Nguyễn', '山田', 'de la "Cruz"', 'Σμιθ'),
  1 + CRC32(n * 31) MOD 4, CRC32(n * 37) MOD 64,
  IF(n MOD 11 = 0, NULL, (CRC32(n * 41) MOD 100000000) / 100), CRC32(n * 43) MOD 256,
  IF(n MOD 13 = 0, NULL, DATE_ADD('1930-01-01', INTERVAL CRC32(n * 47) MOD 28000 DAY)),
  CAST(CASE n MOD 5
    WHEN 0 THEN NULL
    WHEN 1 THEN JSON_OBJECT('newsletter', n MOD 2 = 0, 'sizes', JSON_ARRAY(n MOD 50, n MOD 7), 'name', 'ß "q" \\ 🎁')
    WHEN 2 THEN JSON_ARRAY(n / 7, -n, CAST(18446744073709551615 AS UNSIGNED), NULL, TRUE)
    WHEN 3 THEN CAST('null' AS JSON)
    ELSE JSON_OBJECT('price', CAST(n / 100 AS DECIMAL(10,2)), 'since', CAST(DATE_ADD('2020-01-01', INTERVAL n MOD 900 DAY) AS DATE))
  END AS CHAR),
  IF(n MOD 9 = 0, NULL, n),
  TIMESTAMPADD(MICROSECOND, CRC32(n * 53) MOD 1000000, TIMESTAMPADD(SECOND, CRC32(n * 59) MOD 94608000, '2022-01-01')),
  TIMESTAMPADD(SECOND, CRC32(n * 61) MOD 31536000, '2024-01-01'), CRC32(n * 67) MOD 5000 - 500
FROM shop.number WHERE n <= @customers;

-- the first @customers addresses belong to the customer of the same number, so that each default address is the own one
INSERT INTO shop.address (id, customer_id, street, city, postcode, country_code, location)
SELECT n, 1 + (n - 1) MOD @customers,
  CONCAT(ELT(1 + CRC32(n * 7919) MOD 5, 'Main Street', 'Rue de l''Église', 'Gartenstraße', '中央通り', 'Улица Мира'), ' ', n MOD 300),
  ELT(1 + CRC32(n * 104729) MOD 6, 'Berlin', 'Zürich', 'São Paulo', '東京', 'Nairobi', 'Kraków'),
  IF(n MOD 17 = 0, NULL, LPAD(CRC32(n * 31) MOD 100000, 5, '0')),
  ELT(1 + CRC32(n * 37) MOD 8, 'DE', 'CH', 'BR', 'JP', 'KE', 'PL', 'FR', 'US'),
  ST_SRID(POINT((CRC32(n * 41) MOD 3600000) / 10000 - 180, (CRC32(n * 43) MOD 1800000) / 10000 - 90), 4326)
FROM shop.number WHERE n <= @addresses;

INSERT INTO shop.pickup_point (id, country_code, name, location, opening_hours)
SELECT n, ELT(1 + CRC32(n * 31) MOD 4, 'DE', 'CH', 'PL', 'FR'), CONCAT('Kiosk ', n),
  ST_SRID(POINT(6 + (CRC32(n * 37) MOD 140000) / 10000, 46 + (CRC32(n * 41) MOD 80000) / 10000), 4326),
  IF(n MOD 4 = 0, NULL, CAST(JSON_OBJECT('mon-fri', JSON_ARRAY('08:30', '18:00'), 'sat', n MOD 2 = 0) AS CHAR))
FROM shop.number WHERE n <= @pickup_points;

-- a second temporary table, because one cannot be read twice in a statement
CREATE TEMPORARY TABLE shop.product_number (n INT UNSIGNED NOT NULL PRIMARY KEY, id BINARY(16) NOT NULL);
INSERT INTO shop.product_number
SELECT n, UNHEX(LEFT(SHA2(CONCAT('product ', n), 256), 32)) FROM shop.number WHERE n <= @products ORDER BY n;

INSERT INTO shop.product (id, sku, name, description, category_id, supplier_code, price, weight_kg, volume_m3, released,
  attributes, on_sale)
SELECT id, CONCAT('SKU-', LPAD(n, 8, '0')),
  CONCAT(ELT(1 + CRC32(n * 7919) MOD 6, 'Lamp', 'Café crème', 'Kissen', '扇子', 'Chair', 'Пазл'), ' no. ', n),
  IF(n MOD 19 = 0, NULL, CONCAT(
    'A ', ELT(1 + CRC32(n * 31) MOD 5, 'sturdy', 'light', 'delicate', 'hand-made', 'famous'), ' thing of ',
    ELT(1 + CRC32(n * 37) MOD 5, 'oak', 'glass', 'wool', 'brass', 'paper'), '. 100% yours; it''s "great" \\o/ ',
    REPEAT(ELT(1 + n MOD 3, 'Buy now. ', 'Très bien. ', '良い。'), 1 + CRC32(n * 41) MOD 30))),
  1 + CRC32(n * 43) MOD 240,
  CONCAT(ELT(1 + (1 + CRC32(n * 47) MOD @suppliers) MOD 3, 'sup-', 'SUP-', 'Süp-'), LPAD(1 + CRC32(n * 47) MOD @suppliers, 5, '0')),
  (100 + CRC32(n * 53) MOD 100000) / 100, (CRC32(n * 59) MOD 1000003) / 7, (CRC32(n * 61) MOD 1000003) / 1e9,
  IF(n MOD 23 = 0, NULL, 1990 + CRC32(n * 67) MOD 36),
  CAST(JSON_OBJECT('colour', ELT(1 + n MOD 4, 'rot', 'blue', '緑', 'черный'),
    'sizes', JSON_ARRAY(CRC32(n * 71) MOD 60, 60 + CRC32(n * 73) MOD 60),
    'rating', (CRC32(n * 79) MOD 1000) / 3e0) AS CHAR),
  n MOD 6 = 0
FROM shop.product_number ORDER BY id;

INSERT INTO shop.product_image (product_id, position, mime, thumbnail, picture)
SELECT id, 1 + n MOD 3, ELT(1 + n MOD 3, 'image/webp', 'image/png', 'image/jpeg'),
  IF(n MOD 4 = 0, NULL, UNHEX(SHA2(CONCAT('thumbnail ', n), 512))),
  REPEAT(UNHEX(CONCAT(SHA2(CONCAT('picture ', n), 512), '00FF0A0D275C22091A')), IF(n MOD 1000 = 7, 9000, 1 + CRC32(n * 31) MOD 60))
FROM shop.product_number WHERE n <= @images ORDER BY id;

INSERT INTO shop.warehouse (id, name, area, routes)
SELECT n, CONCAT('Warehouse ', CHAR(64 + n USING utf8mb4)),
  IF(n MOD 5 = 0, NULL, ST_GeomFromText(CONCAT('POLYGON((', n, ' ', n, ',', n, ' ', n + 1, ',', n + 1, ' ', n + 1, ',', n, ' ', n, '))'), 4326)),
  CASE n MOD 3 WHEN 0 THEN NULL WHEN 1 THEN ST_GeomFromText(CONCAT('MULTIPOINT(', n, ' 0.5, 1e-9 ', n, ')'))
    ELSE ST_GeomFromText(CONCAT('LINESTRING(0 0, ', n, ' ', n / 3, ')')) END
FROM shop.number WHERE n <= 8;

-- every product in some of the warehouses
INSERT INTO shop.stock (warehouse_id, product_id, quantity, counted_at)
SELECT w.id, p.id, CRC32(n * 31 + w.id) MOD 4000 - 100,
  IF(n MOD 10 = 0, NULL, TIMESTAMPADD(MICROSECOND, 1000 * (CRC32(n * 37 + w.id) MOD 86400000), '2024-06-01'))
FROM shop.warehouse w JOIN shop.product_number p WHERE (n + w.id) MOD 2 = 0 ORDER BY w.id, p.id;

INSERT INTO shop.coupon (code, discount, valid_from, valid_to)
SELECT CONCAT(ELT(1 + n MOD 4, 'Spring', 'SPRING', 'spring', 'Frühling'), n DIV 4),
  (CRC32(n * 31) MOD 5000) / 10000, DATE_ADD('2022-01-01', INTERVAL n DAY),
  IF(n MOD 3 = 0, NULL, DATE_ADD('2022-02-01', INTERVAL n DAY))
FROM shop.number WHERE n <= 400;

INSERT INTO shop.`order` (id, customer_id, ship_to_id, coupon_code, status, placed_at, total, note, origin)
SELECT n, 1 + CRC32(n * 7919) MOD @customers, IF(n MOD 8 = 0, NULL, 1 + CRC32(n * 7919) MOD @customers),
  IF(n MOD 5 = 0, CONCAT(ELT(1 + (1 + n MOD 400) MOD 4, 'Spring', 'SPRING', 'spring', 'Frühling'), (1 + n MOD 400) DIV 4), NULL),
  1 + CRC32(n * 31) MOD 5, TIMESTAMPADD(SECOND, n * 700 + CRC32(n * 37) MOD 700, '2022-01-01'),
  (CRC32(n * 41) MOD 10000000) / 100,
  CASE n MOD 6 WHEN 0 THEN 'Please ring twice' WHEN 1 THEN '' WHEN 2 THEN 'Geschenk 🎁, bitte "schön" verpacken'
    WHEN 3 THEN CONCAT('line one\nline two\t', n, '\\N') ELSE NULL END,
  IF(n MOD 3 = 0, NULL,
    CAST(JSON_OBJECT('ip', INET_NTOA(CRC32(n * 43)), 'agent', CONCAT('Browser/', n MOD 90), 'ref', NULL) AS CHAR))
FROM shop.number WHERE n <= @orders;

-- two or three lines an order
INSERT INTO shop.order_line (order_id, line_no, product_id, quantity, unit_price, discount)
SELECT o.n, l.line_no, p.id, 1 + CRC32(o.n * 31 + l.line_no) MOD 12, (100 + CRC32(o.n * 37 + l.line_no) MOD 100000) / 100,
  IF(o.n MOD 4 = 0, (CRC32(o.n * 41 + l.line_no) MOD 3000) / 10000, 0)
FROM shop.number o
JOIN (SELECT 1 AS line_no UNION ALL SELECT 2 UNION ALL SELECT 3) l
JOIN shop.product_number p ON p.n = 1 + CRC32(o.n * 43 + l.line_no) MOD @products
WHERE o.n <= @orders AND (l.line_no < 3 OR o.n MOD 2 = 0)
ORDER BY o.n, l.line_no;

INSERT INTO shop.payment (id, order_id, method, amount, paid_at, reference, receipt)
SELECT UNHEX(LEFT(SHA2(CONCAT('payment ', n), 256), 32)) AS id, n, 1 + CRC32(n * 31) MOD 4, (CRC32(n * 41) MOD 10000000) / 100,
  IF(n MOD 15 = 0, NULL, TIMESTAMPADD(MICROSECOND, CRC32(n * 37), TIMESTAMPADD(SECOND, n * 700, '2022-01-02'))),
  CONCAT(ELT(1 + n MOD 2, 'ref', 'REF'), LPAD(n, 12, '0')), UNHEX(SHA2(CONCAT('receipt ', n), 224))
FROM shop.number WHERE n <= @payments ORDER BY id;

INSERT INTO shop.review (id, product_id, customer_id, stars, title, body, written_on)
SELECT r.n, p.id, 1 + CRC32(r.n * 31) MOD @customers, 1 + CRC32(r.n * 37) MOD 5,
  ELT(1 + r.n MOD 5, 'Très bon', 'So là là', 'Größe falsch', '£5 too much', NULL),
  CONCAT(ELT(1 + CRC32(r.n * 41) MOD 4, 'Would buy again 👍. ', 'Nie wieder! ', 'とても良い。', 'It''s "fine"; 10% off\n'),
    REPEAT(ELT(1 + r.n MOD 4, 'So it goes. ', 'Na ja. ', 'まあまあ。', 'Ну так. '), CRC32(r.n * 43) MOD 20)),
  DATE_ADD('2022-01-01', INTERVAL CRC32(r.n * 47) MOD 1095 DAY)
FROM shop.number r JOIN shop.product_number p ON p.n = 1 + CRC32(r.n * 53) MOD @products
WHERE r.n <= @reviews ORDER BY r.n;

INSERT INTO shop.activity (id, happened_on, customer_id, kind, took, detail)
SELECT n, DATE_ADD('2022-01-01', INTERVAL CRC32(n * 31) MOD 1400 DAY), IF(n MOD 7 = 0, NULL, 1 + CRC32(n * 37) MOD @customers),
  ELT(1 + CRC32(n * 41) MOD 4, 'login', 'search', 'checkout', 'logout'),
  IF(n MOD 9 = 0, NULL, SEC_TO_TIME((CRC32(n * 43) MOD 7200000) / 1000 - 600)),
  IF(n MOD 2 = 0, NULL, CAST(JSON_OBJECT('q', CONCAT('term ', n MOD 999), 'hits', n MOD 50) AS CHAR))
FROM shop.number WHERE n <= @activities ORDER BY n;

-- every fourth row occurs twice
INSERT INTO shop.page_view (session, path, seen_at, bytes)
SELECT LEFT(SHA2(CONCAT('session ', (n - n MOD 4 DIV 3) DIV 8), 256), 16), CONCAT('/product/', (n - n MOD 4 DIV 3) MOD 977, '?q=ä'),
  TIMESTAMPADD(SECOND, (n - n MOD 4 DIV 3) * 30, '2024-01-01'), IF(n MOD 20 = 19, NULL, (n - n MOD 4 DIV 3) MOD 9000)
FROM shop.number WHERE n <= @page_views ORDER BY n;

INSERT INTO shop.audit_entry (id, table_name, row_key, what, who)
SELECT n * 3, 'product', n, CONCAT('price changed by ', n MOD 50, '%'), 'shop_owner@localhost' FROM shop.number WHERE n <= 100;

INSERT INTO shop_archive.closed_order (id, customer_id, closed_on, total, summary)
SELECT n, 1 + CRC32(n * 31) MOD @customers, DATE_ADD('2015-01-01', INTERVAL CRC32(n * 37) MOD 2500 DAY), (CRC32(n * 41) MOD 1000000) / 100,
  IF(n MOD 3 = 0, NULL, CONCAT('closed, ', n MOD 9, ' items'))
FROM shop.number WHERE n <= @closed_orders ORDER BY n;

INSERT INTO shop_archive.`old price list` (sku, `year`, `price in €`)
SELECT CONCAT('SKU-', LPAD(n, 8, '0')), 2015 + n MOD 7, (CRC32(n * 31) MOD 100000) / 100 FROM shop.number WHERE n <= @closed_orders;

DROP TEMPORARY TABLE shop.number, shop.product_number;

-- counters that are ahead of the largest value, as deleted rows leave them
ALTER TABLE shop.customer AUTO_INCREMENT = 1000001;
ALTER TABLE shop.audit_entry AUTO_INCREMENT = 5000;
SET SESSION sql_mode = DEFAULT;
