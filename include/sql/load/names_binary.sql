-- Makes string literals and LOAD DATA bytes pass into columns unconverted.
-- Versions: 8.0+. Privileges: none.
SET NAMES binary
