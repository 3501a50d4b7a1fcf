"""A company's colour and font on its surveys, with text on the colour that can be read."""

from __future__ import annotations

import re

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")


def brand_css(colour: str, stack: str = "") -> str:
    """`stack`: a list of fonts of ours, as CSS writes it."""
    worn = {"--brand": colour, "--on-brand": on_colour(colour)} if on_colour(colour) else {}
    if stack:
        worn["--font"] = stack
    return f":root{{{';'.join(f'{name}:{value}' for name, value in worn.items())}}}" if worn else ""


def on_colour(colour: str) -> str:
    """Of text on it; "" for what is no colour."""
    if not _COLOUR.fullmatch(colour):
        return ""
    return "#fff" if contrast(colour, "#ffffff") >= contrast(colour, "#000000") else "#000"


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour: str) -> float:
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [one / 12.92 if one <= 0.03928 else ((one + 0.055) / 1.055) ** 2.4 for one in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
