-- The sample databases: an online shop with one table of every awkward kind, and its archive.
-- Foreign keys form a cycle (customer <-> address) and a loop (category); `order` is a reserved word on purpose.
-- MySQL 8.0.23 or newer (invisible columns). Run with foreign_key_checks off.
DROP DATABASE IF EXISTS shop;
DROP DATABASE IF EXISTS shop_archive;
CREATE DATABASE shop CHARACTER SET utf8mb4 COLLATE utf8mb4_0900_ai_ci;
CREATE DATABASE shop_archive CHARACTER SET utf8mb4 COLLATE utf8mb4_unicode_ci;

-- string key, fixed length
CREATE TABLE shop.country (
  code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(60) NOT NULL,
  region ENUM('Africa', 'Americas', 'Asia', 'Europe', 'Oceania') NOT NULL,
  vat_rate DECIMAL(4,3) NOT NULL DEFAULT 0.000,
  PRIMARY KEY (code),
  UNIQUE KEY name (name)
) COMMENT='ISO 3166, the part we ship to';

-- integer key; generated, invisible and JSON columns; half of the foreign key cycle
CREATE TABLE shop.customer (
  id INT UNSIGNED NOT NULL AUTO_INCREMENT,
  email VARCHAR(120) NOT NULL,
  first_name VARCHAR(40) NOT NULL,
  last_name VARCHAR(40) NOT NULL,
  full_name VARCHAR(81) GENERATED ALWAYS AS (CONCAT(first_name, ' ', last_name)) VIRTUAL,
  status ENUM('new', 'active', 'dormant', 'blocked') NOT NULL DEFAULT 'new',
  interests SET('books', 'music', 'garden', 'kitchen', 'sport', 'toys') NOT NULL DEFAULT '',
  credit_limit DECIMAL(12,2) DEFAULT NULL,
  flags BIT(8) NOT NULL DEFAULT b'0',
  born DATE DEFAULT NULL,
  preferences JSON DEFAULT NULL,
  default_address_id BIGINT UNSIGNED DEFAULT NULL,
  created_at DATETIME(6) NOT NULL,
  changed_at TIMESTAMP NOT NULL DEFAULT CURRENT_TIMESTAMP ON UPDATE CURRENT_TIMESTAMP,
  loyalty_points INT NOT NULL DEFAULT 0 /*!80023 INVISIBLE */,
  PRIMARY KEY (id),
  UNIQUE KEY email (email),
  KEY by_name (last_name, first_name(8)),
  KEY by_year ((YEAR(created_at)), status),
  KEY default_address (default_address_id),
  CONSTRAINT customer_default_address FOREIGN KEY (default_address_id) REFERENCES shop.address (id) ON DELETE SET NULL,
  CONSTRAINT customer_credit CHECK (credit_limit IS NULL OR credit_limit >= 0)
);

-- a point on the globe; the other half of the cycle
CREATE TABLE shop.address (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id INT UNSIGNED NOT NULL,
  street VARCHAR(120) NOT NULL,
  city VARCHAR(60) NOT NULL,
  postcode VARCHAR(12) CHARACTER SET latin1 DEFAULT NULL,
  country_code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  location POINT NOT NULL SRID 4326,
  PRIMARY KEY (id),
  KEY by_customer (customer_id),
  KEY by_country (country_code, city DESC),
  CONSTRAINT address_customer FOREIGN KEY (customer_id) REFERENCES shop.customer (id) ON DELETE CASCADE,
  CONSTRAINT address_country FOREIGN KEY (country_code) REFERENCES shop.country (code) ON UPDATE CASCADE
);

-- spatial index; small, because one on the globe takes InnoDB a third of a millisecond a row to fill
CREATE TABLE shop.pickup_point (
  id INT NOT NULL AUTO_INCREMENT,
  country_code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  name VARCHAR(60) NOT NULL,
  location POINT NOT NULL SRID 4326,
  opening_hours JSON DEFAULT NULL,
  PRIMARY KEY (id),
  KEY by_country (country_code),
  SPATIAL KEY location (location),
  CONSTRAINT pickup_point_country FOREIGN KEY (country_code) REFERENCES shop.country (code)
);

-- a table that refers to itself
CREATE TABLE shop.category (
  id SMALLINT UNSIGNED NOT NULL AUTO_INCREMENT,
  parent_id SMALLINT UNSIGNED DEFAULT NULL,
  name VARCHAR(60) NOT NULL,
  `rank` TINYINT NOT NULL DEFAULT 0,
  PRIMARY KEY (id),
  UNIQUE KEY name_in_parent (parent_id, name),
  CONSTRAINT category_parent FOREIGN KEY (parent_id) REFERENCES shop.category (id)
);

-- string key under a case-insensitive collation
CREATE TABLE shop.supplier (
  code VARCHAR(16) COLLATE utf8mb4_0900_ai_ci NOT NULL,
  name VARCHAR(80) NOT NULL,
  country_code CHAR(2) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  opens TIME NOT NULL DEFAULT '08:00:00',
  founded YEAR DEFAULT NULL,
  contract MEDIUMTEXT,
  PRIMARY KEY (code),
  KEY by_country (country_code),
  CONSTRAINT supplier_country FOREIGN KEY (country_code) REFERENCES shop.country (code)
);

-- UUID key in binary; FULLTEXT and multi-valued indexes
CREATE TABLE shop.product (
  id BINARY(16) NOT NULL,
  sku VARCHAR(24) CHARACTER SET ascii NOT NULL,
  name VARCHAR(100) NOT NULL,
  description TEXT,
  category_id SMALLINT UNSIGNED NOT NULL,
  supplier_code VARCHAR(16) NOT NULL,
  price DECIMAL(10,2) NOT NULL,
  price_band CHAR(1) GENERATED ALWAYS AS (CASE WHEN price < 20 THEN 'A' WHEN price < 200 THEN 'B' ELSE 'C' END) STORED,
  weight_kg FLOAT DEFAULT NULL,
  volume_m3 DOUBLE DEFAULT NULL,
  released YEAR DEFAULT NULL,
  attributes JSON NOT NULL DEFAULT (JSON_OBJECT()),
  on_sale BOOLEAN NOT NULL DEFAULT FALSE,
  PRIMARY KEY (id),
  UNIQUE KEY sku (sku),
  KEY by_category (category_id, price),
  KEY by_supplier (supplier_code),
  KEY by_band (price_band),
  KEY by_size ((CAST(attributes -> '$.sizes' AS UNSIGNED ARRAY))),
  KEY by_release (released) INVISIBLE,
  FULLTEXT KEY words (name, description),
  CONSTRAINT product_category FOREIGN KEY (category_id) REFERENCES shop.category (id),
  CONSTRAINT product_supplier FOREIGN KEY (supplier_code) REFERENCES shop.supplier (code) ON UPDATE CASCADE
);

-- composite key with a binary first part; BLOB of any bytes
CREATE TABLE shop.product_image (
  product_id BINARY(16) NOT NULL,
  position TINYINT UNSIGNED NOT NULL,
  mime VARCHAR(40) CHARACTER SET ascii NOT NULL DEFAULT 'image/webp',
  thumbnail VARBINARY(255) DEFAULT NULL,
  picture MEDIUMBLOB NOT NULL,
  bytes INT UNSIGNED GENERATED ALWAYS AS (LENGTH(picture)) VIRTUAL,
  PRIMARY KEY (product_id, position),
  CONSTRAINT product_image_product FOREIGN KEY (product_id) REFERENCES shop.product (id) ON DELETE CASCADE
);

CREATE TABLE shop.warehouse (
  id TINYINT UNSIGNED NOT NULL,
  name VARCHAR(40) NOT NULL,
  area POLYGON DEFAULT NULL SRID 4326,
  routes GEOMETRY DEFAULT NULL,
  PRIMARY KEY (id)
);

-- composite key, both parts foreign
CREATE TABLE shop.stock (
  warehouse_id TINYINT UNSIGNED NOT NULL,
  product_id BINARY(16) NOT NULL,
  quantity MEDIUMINT NOT NULL,
  counted_at TIMESTAMP(3) NULL DEFAULT NULL,
  PRIMARY KEY (warehouse_id, product_id),
  KEY by_product (product_id),
  CONSTRAINT stock_warehouse FOREIGN KEY (warehouse_id) REFERENCES shop.warehouse (id),
  CONSTRAINT stock_product FOREIGN KEY (product_id) REFERENCES shop.product (id) ON DELETE CASCADE,
  CONSTRAINT stock_quantity CHECK (quantity >= -1000)
);

-- string key that tells upper from lower case
CREATE TABLE shop.coupon (
  code VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL,
  discount DECIMAL(5,4) NOT NULL,
  valid_from DATE NOT NULL,
  valid_to DATE DEFAULT NULL,
  PRIMARY KEY (code)
);

CREATE TABLE shop.`order` (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  customer_id INT UNSIGNED NOT NULL,
  ship_to_id BIGINT UNSIGNED DEFAULT NULL,
  coupon_code VARCHAR(20) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin DEFAULT NULL,
  status ENUM('cart', 'placed', 'paid', 'shipped', 'returned') NOT NULL,
  placed_at DATETIME NOT NULL,
  total DECIMAL(12,2) NOT NULL DEFAULT 0.00,
  note VARCHAR(400) DEFAULT NULL,
  origin JSON DEFAULT NULL,
  PRIMARY KEY (id),
  KEY by_customer (customer_id, placed_at),
  KEY by_address (ship_to_id),
  KEY by_coupon (coupon_code),
  KEY by_time (placed_at DESC, status),
  CONSTRAINT order_customer FOREIGN KEY (customer_id) REFERENCES shop.customer (id),
  CONSTRAINT order_address FOREIGN KEY (ship_to_id) REFERENCES shop.address (id) ON DELETE SET NULL,
  CONSTRAINT order_coupon FOREIGN KEY (coupon_code) REFERENCES shop.coupon (code) ON UPDATE CASCADE
);

-- the largest table: composite key, stored generated column
CREATE TABLE shop.order_line (
  order_id BIGINT UNSIGNED NOT NULL,
  line_no TINYINT UNSIGNED NOT NULL,
  product_id BINARY(16) NOT NULL,
  quantity SMALLINT UNSIGNED NOT NULL,
  unit_price DECIMAL(10,2) NOT NULL,
  discount DECIMAL(5,4) NOT NULL DEFAULT 0.0000,
  line_total DECIMAL(16,4) GENERATED ALWAYS AS (quantity * unit_price * (1 - discount)) STORED,
  PRIMARY KEY (order_id, line_no),
  KEY by_product (product_id),
  CONSTRAINT order_line_order FOREIGN KEY (order_id) REFERENCES shop.`order` (id) ON DELETE CASCADE,
  CONSTRAINT order_line_product FOREIGN KEY (product_id) REFERENCES shop.product (id)
);

-- UUID key again, random order
CREATE TABLE shop.payment (
  id BINARY(16) NOT NULL,
  order_id BIGINT UNSIGNED NOT NULL,
  method ENUM('card', 'transfer', 'voucher', 'cash') NOT NULL,
  amount DECIMAL(12,2) NOT NULL,
  paid_at TIMESTAMP(6) NULL DEFAULT NULL,
  reference CHAR(24) CHARACTER SET ascii COLLATE ascii_bin NOT NULL,
  receipt TINYBLOB,
  PRIMARY KEY (id),
  UNIQUE KEY reference (reference),
  KEY by_order (order_id),
  CONSTRAINT payment_order FOREIGN KEY (order_id) REFERENCES shop.`order` (id)
);

CREATE TABLE shop.review (
  id INT NOT NULL AUTO_INCREMENT,
  product_id BINARY(16) NOT NULL,
  customer_id INT UNSIGNED NOT NULL,
  stars TINYINT NOT NULL,
  title VARCHAR(80) CHARACTER SET latin1 DEFAULT NULL,
  body TEXT NOT NULL,
  written_on DATE NOT NULL,
  PRIMARY KEY (id),
  KEY by_product (product_id, stars),
  KEY by_customer (customer_id),
  CONSTRAINT review_product FOREIGN KEY (product_id) REFERENCES shop.product (id) ON DELETE CASCADE,
  CONSTRAINT review_customer FOREIGN KEY (customer_id) REFERENCES shop.customer (id) ON DELETE CASCADE,
  CONSTRAINT review_stars CHECK (stars BETWEEN 1 AND 5)
);

-- partitioned, so without foreign keys
CREATE TABLE shop.activity (
  id BIGINT NOT NULL AUTO_INCREMENT,
  happened_on DATE NOT NULL,
  customer_id INT UNSIGNED DEFAULT NULL,
  kind VARCHAR(20) CHARACTER SET ascii NOT NULL,
  took TIME(3) DEFAULT NULL,
  detail JSON DEFAULT NULL,
  PRIMARY KEY (id, happened_on),
  KEY by_customer (customer_id)
)
PARTITION BY RANGE COLUMNS (happened_on) (
  PARTITION p2022 VALUES LESS THAN ('2023-01-01'),
  PARTITION p2023 VALUES LESS THAN ('2024-01-01'),
  PARTITION p2024 VALUES LESS THAN ('2025-01-01'),
  PARTITION later VALUES LESS THAN (MAXVALUE)
);

-- no key at all, and rows that occur more than once
CREATE TABLE shop.page_view (
  session CHAR(16) CHARACTER SET ascii NOT NULL,
  path VARCHAR(200) NOT NULL,
  seen_at DATETIME NOT NULL,
  bytes INT DEFAULT NULL,
  KEY by_session (session)
);

CREATE TABLE shop.audit_entry (
  id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT,
  table_name VARCHAR(64) NOT NULL,
  row_key VARCHAR(64) NOT NULL,
  what VARCHAR(200) NOT NULL,
  who VARCHAR(288) NOT NULL,
  PRIMARY KEY (id)
);

-- says which sample this is, see is_loaded
CREATE TABLE shop.setting (
  name VARCHAR(40) NOT NULL,
  value JSON NOT NULL,
  PRIMARY KEY (name)
);

CREATE TABLE shop_archive.closed_order (
  id BIGINT UNSIGNED NOT NULL,
  customer_id INT UNSIGNED NOT NULL,
  closed_on DATE NOT NULL,
  total DECIMAL(12,2) NOT NULL,
  summary TINYTEXT,
  PRIMARY KEY (id, closed_on)
)
PARTITION BY HASH (YEAR(closed_on)) PARTITIONS 3;

CREATE TABLE shop_archive.`old price list` (
  sku VARCHAR(24) COLLATE utf8mb4_unicode_ci NOT NULL,
  `year` YEAR NOT NULL,
  `price in €` DECIMAL(10,2) NOT NULL,
  PRIMARY KEY (sku, `year`)
);
