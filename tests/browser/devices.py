"""A device that keeps passkeys, played by the browser."""

from typing import Any

OPTIONS = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


class Device:
    """One authenticator at a time, whose person is always there and agrees at once."""

    def __init__(self, page: Any) -> None:
        self.session = page.context.new_cdp_session(page)
        self.session.send("WebAuthn.enable")
        self.plugged = self._add()

    def keys(self) -> list[dict[str, Any]]:
        found = self.session.send("WebAuthn.getCredentials", {"authenticatorId": self.plugged})
        return list(found["credentials"])

    def uses(self) -> int:
        """How often its one key signed."""
        [key] = self.keys()
        return int(key["signCount"])

    def plug(self, keys: list[dict[str, Any]]) -> None:
        """Another authenticator in place of the one before, with these keys."""
        self.session.send("WebAuthn.removeVirtualAuthenticator", {"authenticatorId": self.plugged})
        self.plugged = self._add()
        for key in keys:
            self.session.send("WebAuthn.addCredential", {"authenticatorId": self.plugged, "credential": key})

    def _add(self) -> str:
        return str(self.session.send("WebAuthn.addVirtualAuthenticator", {"options": OPTIONS})["authenticatorId"])


def offer_nothing(page: Any) -> None:
    """Have the browser wait for the button, because the device agrees to whatever is offered."""
    page.add_init_script("PublicKeyCredential.isConditionalMediationAvailable = async () => false")


def leave(page: Any) -> None:
    page.locator(".side-foot summary").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/accounts/login*")
