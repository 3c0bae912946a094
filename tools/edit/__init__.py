"""Methods that repair or change what a prompt draws."""
