"""Methods that put several learned things into one picture."""
