"""One file per base family: how to load it, its defaults, what fits it."""
