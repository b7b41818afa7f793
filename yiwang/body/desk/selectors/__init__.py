"""What the desk's pages show, put together from the doors below."""
