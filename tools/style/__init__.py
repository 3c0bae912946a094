"""Methods that draw the whole picture in a style."""
