"""Tests: app/earlywarning."""
