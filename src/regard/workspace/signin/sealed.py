"""The secrets of second factors lie encrypted in the database: a copy of it alone signs nobody in."""

from __future__ import annotations

from allauth.mfa.adapter import DefaultMFAAdapter

from regard.workspace.sealing import keys_for


class SecondFactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    def encrypt(self, text: str) -> str:
        return keys_for("second factor").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return keys_for("second factor").decrypt(encrypted_text.encode()).decode()
