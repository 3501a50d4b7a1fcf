from regard.testing.mail import inbox

__all__ = ["inbox"]
