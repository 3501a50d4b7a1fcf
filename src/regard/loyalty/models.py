"""The app's table of contents."""

from regard.loyalty.offers.models import Grant, Offer, PoolCode

__all__ = ["Grant", "Offer", "PoolCode"]
