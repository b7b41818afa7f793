"""Composition root: settings, URLs, server, worker and command line. Nothing imports this package."""
