"""Conversations that were had: kept while they happen, found again, gone on with, exported."""
