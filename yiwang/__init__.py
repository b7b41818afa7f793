"""Yiwang 一网: one place where a city senses, dispatches, handles and answers what residents ask for."""

__version__ = "0.1.0"
