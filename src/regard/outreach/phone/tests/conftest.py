from regard.testing.texts import texts

__all__ = ["texts"]
