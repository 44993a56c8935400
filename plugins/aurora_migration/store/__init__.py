"""The control schema on the target: what was planned, loaded, found and proved. Interprets nothing it stores."""
