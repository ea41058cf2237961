"""Transcripts as people correct them: versions, speakers, redactions, search, files in and out."""
