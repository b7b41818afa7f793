"""数体: the surfaces people and machines touch."""
