-- The account this session is, and its active roles as a list (NONE if there is none).
-- Versions: 8.0+. Privileges: none.
SELECT CURRENT_USER() AS account,
       CURRENT_ROLE() AS roles
