"""The collector: Segment's HTTP API, straight on ASGI. A request is acknowledged when it is committed to the inbox, not before."""
