"""Finds, plans, starts, watches and tunes llama-server."""
