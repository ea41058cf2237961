"""Blotter's tests: real database, real broker, real workers, real media."""
