"""Tests: app/reports."""
