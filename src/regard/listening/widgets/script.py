from __future__ import annotations

from regard.listening.inapp.bundle import Bundle, bundle


def widget_script() -> Bundle:
    return bundle(
        "inapp/client/questions.js", "widgets/widget.js",
        style=("static/listening/survey.css", "widgets/widget.css"),
    )  # fmt: skip
