"""What macOS and Windows are told of the program: whole, in both languages, and nothing more than it needs."""

import ast
import plistlib
from xml.etree import ElementTree

from pack import macos, windows


def test_macos_asks_the_person_in_both_languages() -> None:
    told = macos.info("1.2.3")
    asks = [key for key in told if key.endswith("UsageDescription")]
    assert {"NSCameraUsageDescription", "NSMicrophoneUsageDescription"} <= set(asks)
    assert plistlib.loads(plistlib.dumps(told)) == told
    for key in asks:
        assert f'"{key}" = "{told[key]}";' in macos.strings("zh-Hans")
        assert f'"{key}" = ' in macos.strings("en")
    assert "面试" in macos.strings("zh-Hans")
    assert macos.strings("en").isascii()


def test_macos_is_asked_for_the_devices_and_no_more() -> None:
    granted = plistlib.loads(macos.entitlements())
    assert {key for key, value in granted.items() if value} == {
        "com.apple.security.device.camera",
        "com.apple.security.device.audio-input",
        "com.apple.security.cs.disable-library-validation",
        "com.apple.security.cs.allow-unsigned-executable-memory",
    }


def test_windows_starts_it_without_an_administrator() -> None:
    manifest = ElementTree.fromstring(windows.MANIFEST.encode())  # noqa: S314 -- our own
    level = next(one for one in manifest.iter() if one.tag.endswith("requestedExecutionLevel"))
    assert level.attrib == {"level": "asInvoker", "uiAccess": "false"}


def test_the_version_resource_can_be_read_and_names_the_version() -> None:
    text = windows.version_resource("1.2.3")
    ast.parse(text)
    assert "(1, 2, 3, 0)" in text
    assert "'1.2.3'" in text
