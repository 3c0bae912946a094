"""Methods that make a person, animal or thing recognisable."""
