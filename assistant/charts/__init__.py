"""Which chart rows want to be, and its drawing. The rule and the drawing know a `Chart` only."""
