-- The control schema; made once, kept between runs.
-- Versions: 8.0+. Privileges: CREATE.
CREATE DATABASE IF NOT EXISTS {control} CHARACTER SET utf8mb4 COLLATE utf8mb4_bin
