-- Succeeds where the server has the VECTOR type (9.0+).
-- Versions: any. Privileges: none. Error 1046 or 1305 elsewhere.
SELECT STRING_TO_VECTOR('[1]') IS NOT NULL AS known
