"""What the house knows beyond its schema: plain files in a folder, which git can hold.

knowledge/glossary.toml   terms and what they mean in SQL; when the fiscal year starts
knowledge/notes.toml      notes on tables and columns
knowledge/pairs.jsonl     questions with verified statements
"""
