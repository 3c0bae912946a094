"""HTTP: the base of `limner serve`, and the doors other programs already know."""
