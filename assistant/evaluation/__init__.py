"""Questions with gold SQL, asked and scored by executing both."""
