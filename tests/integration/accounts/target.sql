-- What the schema phases have made on the target before accounts are applied. Run as root.
CREATE DATABASE app_1;
CREATE DATABASE appX1;
CREATE DATABASE prod_shop;
CREATE DATABASE archive;
CREATE DATABASE crm_all;
CREATE DATABASE hr;
CREATE TABLE app_1.t (a INT PRIMARY KEY, b INT, c INT);
CREATE TABLE appX1.t (a INT PRIMARY KEY);
CREATE TABLE prod_shop.orders (id INT PRIMARY KEY, total INT);
CREATE TABLE archive.shop_audit (id INT PRIMARY KEY);
CREATE TABLE crm_all.c1 (a INT PRIMARY KEY);
CREATE TABLE crm_all.c2 (a INT PRIMARY KEY);
CREATE TABLE hr.people (a INT PRIMARY KEY);
CREATE VIEW app_1.v AS SELECT a FROM app_1.t;
CREATE PROCEDURE app_1.Refresh() SELECT 1;
CREATE FUNCTION prod_shop.vat() RETURNS INT DETERMINISTIC RETURN 21;
CREATE PROCEDURE crm_all.merge_all() SELECT 1;
