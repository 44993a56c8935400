"""Cutover: is everything ready, block writes on the source and prove it, open the target, or undo.

Nothing here decides: `store.cutovers` holds the state, and callers move it before they act.
"""
