"""``yiwang bench``: the promised figures, measured on a city of its own, each with a check of the rows it claims."""
