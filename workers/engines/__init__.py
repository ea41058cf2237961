"""The tools: a path or a text in, a frozen dataclass out. No database, no Flask, no Celery, nothing of ours."""
