"""The first settings: what a person chooses, a look at their database, and kotae.toml."""
