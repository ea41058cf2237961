"""Tests: app/evidence."""
