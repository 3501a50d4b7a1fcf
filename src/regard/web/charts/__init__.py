"""Charts: plain data in, one Vega-Lite specification out, painted as SVG on the server."""

from regard.web.charts.bars import bars
from regard.web.charts.chart import Chart, Point
from regard.web.charts.dots import dots
from regard.web.charts.trend import trend

__all__ = ["Chart", "Point", "bars", "dots", "trend"]
