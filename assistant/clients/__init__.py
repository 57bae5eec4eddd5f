"""Programs of others that use our database tools: what to write, and into which file."""
