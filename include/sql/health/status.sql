-- Threads at work now, this one among them, and on Aurora the commits since the start with their latency in microseconds.
-- Versions: 8.0+. Privileges: none.
SHOW GLOBAL STATUS WHERE Variable_name IN ('Threads_running', 'AuroraDb_commits', 'AuroraDb_commit_latency')
