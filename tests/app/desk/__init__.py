"""Tests: app/desk."""
