"""JOBS: one engine process owns the models; any number of light front processes hand it requests and read events."""
