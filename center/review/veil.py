"""What must not reach a reviewer: the candidate's name and number, wherever somebody typed them. Pure."""

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Veil:
    """Words that stand for one person, and what is shown in their place."""

    secrets: tuple[str, ...]
    shown: str

    def over(self, text: str) -> str:
        """``text`` without any of the secrets; a number counts only where it is not part of a longer one."""
        for secret in sorted(self.secrets, key=len, reverse=True):
            if secret.strip():
                edge = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"
                guarded = secret.isascii()
                pattern = (edge[0] if guarded else "") + re.escape(secret) + (edge[1] if guarded else "")
                text = re.sub(pattern, self.shown.replace("\\", ""), text, flags=re.IGNORECASE)
        return text
