"""Frozen values the other layers pass around. Nothing here does I/O or imports a driver."""
