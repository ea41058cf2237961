"""NIBRS under test."""
