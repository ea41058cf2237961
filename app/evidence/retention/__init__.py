"""How long a recording is kept and why: categories, rules, holds, the deletion queue, the purge and what it leaves."""
