"""Tests: app/accounts."""
