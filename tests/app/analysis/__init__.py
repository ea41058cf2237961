"""Tests: app/analysis."""
