"""Data in and out: `python -m app.data` seeds, exports and imports."""
