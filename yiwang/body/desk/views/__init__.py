"""The desk's pages: each view reads the request, calls one function and shapes the answer."""
