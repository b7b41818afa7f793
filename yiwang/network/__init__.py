"""数网: what comes in, what goes out."""
