"""Methods that move things."""
