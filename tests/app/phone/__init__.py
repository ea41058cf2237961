"""Tests: app/phone."""
