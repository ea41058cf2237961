"""Tests: app/core."""
