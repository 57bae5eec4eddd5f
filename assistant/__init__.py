"""What a person uses: command line, chat, reports, and the loop from a question to an answer."""
