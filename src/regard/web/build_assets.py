"""Write the browser's half of the charts: the Vega bundle that vl-convert ships, so that page and server
draw alike.

`python -m regard.web.build_assets` after a new vl-convert; the file is committed.
"""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path

TARGET = Path(__file__).parent / "static" / "regard" / "vendor" / "vega.js"
SNIPPET = "globalThis.regardVega = vegaEmbed; export default vegaEmbed;"


def build() -> None:
    """Write the bundle, unless this very one is there. It takes two seconds, so never at request time."""
    import vl_convert

    from regard.web.charts.paint import VEGA_LITE

    note = (
        f"/* Vega (BSD-3-Clause), as bundled by vl-convert {version('vl-convert-python')}; Vega-Lite {VEGA_LITE}. */\n"
    )
    if TARGET.exists() and TARGET.open().readline() == note:
        return
    TARGET.write_text(note + vl_convert.javascript_bundle(SNIPPET, vl_version=VEGA_LITE))


if __name__ == "__main__":
    build()
