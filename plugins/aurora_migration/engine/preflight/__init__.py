"""Preflight: looks at both servers and the plan before anything is written, and tells everything it sees.

`run.run_preflight` opens both sessions, builds the plan and runs every check of `checks.CHECKS`. A check is a
function from a `context.Context` to findings; it reads, judges one concern and knows nothing of the others. A
check that fails becomes a finding itself, so that one failure never hides the rest. Sessions are opened READ
ONLY, so the servers themselves refuse any write. Facts that several checks need are read once (`server`,
`context`), with few queries however many tables there are.
"""
