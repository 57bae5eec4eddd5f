"""The first run: three or four questions, and kotae.toml is written."""
