"""Retention: rules, categories, holds, the queue, the purge."""
