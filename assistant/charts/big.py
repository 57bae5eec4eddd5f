"""A number in large digits, three lines high."""

_DIGITS = {
    "0": ("█▀█", "█ █", "▀▀▀"),
    "1": ("▀█ ", " █ ", "▀▀▀"),
    "2": ("▀▀█", "█▀▀", "▀▀▀"),
    "3": ("▀▀█", " ▀█", "▀▀▀"),
    "4": ("█ █", "▀▀█", "  ▀"),
    "5": ("█▀▀", "▀▀█", "▀▀▀"),
    "6": ("█▀▀", "█▀█", "▀▀▀"),
    "7": ("▀▀█", "  █", "  ▀"),
    "8": ("█▀█", "█▀█", "▀▀▀"),
    "9": ("█▀█", "▀▀█", "▀▀▀"),
    ",": (" ", " ", "▞"),
    ".": (" ", " ", "▖"),
    "-": ("   ", "▀▀▀", "   "),
}
_UNKNOWN = ("?", "?", "?")


def big(number: str) -> list[str]:
    """Three lines; a character without a large form stands as it is."""
    shapes = [_DIGITS.get(digit, _UNKNOWN) for digit in number]
    return [" ".join(shape[line] for shape in shapes) for line in range(3)]
