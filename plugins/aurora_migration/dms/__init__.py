"""AWS DMS as the engine: what to ask of it, how far it is, and whether its word is good. Pure but for a client."""
