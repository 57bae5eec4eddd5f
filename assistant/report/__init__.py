"""A file of questions, answered one after another and written down as a report."""
