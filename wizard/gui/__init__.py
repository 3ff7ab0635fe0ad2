"""Draws it and listens. The only place that imports PySide6."""
