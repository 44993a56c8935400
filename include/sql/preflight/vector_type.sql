-- Succeeds where the server has the VECTOR type (9.0+); error 1305 elsewhere.
-- Versions: any. Privileges: none.
SELECT STRING_TO_VECTOR('[1]') IS NOT NULL AS known
