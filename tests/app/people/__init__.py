"""Tests of the master index."""
