"""Tests: app/home."""
