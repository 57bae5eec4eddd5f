"""Other ways from a question to SQL, each in an environment of its own.

A peer is a program that reads questions as JSON lines on its standard input and answers each
with one line: {"sql": …, "answer": …} or {"sql": …, "error": …}.
"""
