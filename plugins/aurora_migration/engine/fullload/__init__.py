"""Full load: cuts tables into key ranges and load units, and carries units chunk by chunk.

Entry points: `planning.plan_units` and `loading.load_unit`.
"""
