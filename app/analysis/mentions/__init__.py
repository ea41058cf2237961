"""Findings in speech and text: what people make of them, and whom in the master index they are."""
