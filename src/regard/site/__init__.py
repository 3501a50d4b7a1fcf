"""The composition root: settings, urls, wiring, command line. It has no models."""
