"""Tests: app/incidents."""
