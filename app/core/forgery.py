"""Protection against forged forms: one object, told per request whether a cookie speaks (accounts decides)."""

from flask_wtf.csrf import CSRFProtect

csrf = CSRFProtect()
