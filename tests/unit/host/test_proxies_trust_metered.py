"""Proxies, authorities and metered lines, as the system and the person tell of them."""

import os
import ssl
from pathlib import Path

import certifi
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.errors import BadInput
from host.metered import metered, read_answer
from host.paths import Home
from host.proxies import Proxies, ProxyChoice, bypassed, proxies_from
from host.settings import Settings, read_settings, settings_path
from host.trust import certificates, trusted_file

PROXY = "http://proxy:8080"
NOTHING = {"PATH": "/nonexistent"}


@given(st.text(max_size=20))
def test_loopback_never_goes_through_a_proxy(rule: str) -> None:
    for host in ("127.0.0.1", "localhost", "::1", "127.9.9.9"):
        assert bypassed(host, (rule,))


@pytest.mark.parametrize(
    ("host", "rules", "direct"),
    [
        ("center.example", (), False),
        ("center.example", ("center.example",), True),
        ("center.example", (".example",), True),
        ("center.example", ("*.example",), True),
        ("center.example", ("example",), True),
        ("badexample", ("example",), False),
        ("center.example", ("*",), True),
        ("center.example", ("",), False),
        ("10.1.2.3", ("10.0.0.0/8",), True),
        ("11.1.2.3", ("10.0.0.0/8",), False),
        ("server", ("<local>",), True),
        ("center.example", ("<local>",), False),
    ],
)
def test_who_is_reached_directly(host: str, rules: tuple[str, ...], direct: bool) -> None:
    assert bypassed(host, rules) is direct
    assert Proxies({"http": PROXY}, rules).of(f"http://{host if ':' not in host else f'[{host}]'}:8700/") == (
        {} if direct else {"http": PROXY}
    )


def test_what_a_person_set_counts_before_the_environment() -> None:
    environ = {**NOTHING, "HTTPS_PROXY": "http://other:1", "NO_PROXY": "a"}
    assert proxies_from(environ, PROXY, "b; c") == Proxies({"http": PROXY, "https": PROXY}, ("b", "c"))
    assert proxies_from(environ) == Proxies({"https": "http://other:1"}, ("a",))
    assert proxies_from({**NOTHING, "ALL_PROXY": "other:1"}).urls == {
        "http": "http://other:1",
        "https": "http://other:1",
    }
    assert proxies_from({**NOTHING, "ALL_PROXY": "socks5://other:1"}).urls == {}
    assert proxies_from({**NOTHING, "https_proxy": "http://small:1", "HTTPS_PROXY": "http://big:1"}).urls == {
        "https": "http://small:1"
    }
    assert proxies_from(NOTHING) == Proxies()


def test_the_desktops_settings_are_read(tmp_path: Path) -> None:
    tool = tmp_path / "gsettings"
    tool.write_text(
        "#!/bin/sh\ncase $2.$3 in\n*proxy.mode) echo \"'manual'\";;\n*http.host|*https.host) echo \"'p'\";;\n"
        "*.port) echo 3128;;\n*hosts) echo \"['localhost', '10.0.0.0/8']\";;\nesac\n"
    )
    tool.chmod(0o755)
    found = proxies_from({"PATH": str(tmp_path)})
    assert found == Proxies({"http": "http://p:3128", "https": "http://p:3128"}, ("localhost", "10.0.0.0/8"))


def test_another_network_may_want_another_proxy() -> None:
    told = [Proxies(), Proxies(), Proxies({"http": PROXY})]
    choice = ProxyChoice(lambda: told.pop(0))
    assert not choice.refresh()
    assert choice.refresh()
    assert choice.now.urls == {"http": PROXY}


def _authority() -> str:
    """One certificate, taken out of the usual ones."""
    return certificates(Path(certifi.where()).read_text())[0]


def test_authorities_are_added_never_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Home(tmp_path / "home").prepare()
    usual = tmp_path / "usual.pem"
    everything = certificates(Path(certifi.where()).read_text())
    usual.write_text("\n".join(everything[2:]))
    monkeypatch.setattr(certifi, "where", lambda: str(usual))
    assert trusted_file(home, None, "") is None
    assert trusted_file(home, None, everything[5]) is None  # the system trusts nobody new
    extra = tmp_path / "school.pem"
    extra.write_text("a comment\n" + everything[1] + "\n")
    path = trusted_file(home, extra, everything[0])
    assert path is not None
    assert certificates(path.read_text()) == [*everything[2:], everything[0], everything[1]]
    assert len(ssl.create_default_context(cafile=str(path)).get_ca_certs()) == len(everything)


@pytest.mark.parametrize(
    "content", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)
def test_a_file_that_holds_no_authority_is_refused_in_words(tmp_path: Path, content: str) -> None:
    extra = tmp_path / "school.pem"
    extra.write_text(content)
    with pytest.raises(BadInput, match=r"school\.pem"):
        trusted_file(Home(tmp_path / "home").prepare(), extra, "")


def test_a_damaged_system_store_stops_nobody(tmp_path: Path) -> None:
    damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"
    assert trusted_file(Home(tmp_path / "home").prepare(), None, damaged) is None


def test_settings_are_read_and_mistakes_named(tmp_path: Path) -> None:
    home = Home(tmp_path).prepare()
    assert read_settings(home) == Settings()
    ca = tmp_path / "ca.pem"
    ca.write_text("x")
    settings_path(home).write_text(f'[network]\nproxy = "{PROXY}"\nno_proxy = "a,b"\nca_file = "{ca}"\n')
    assert read_settings(home) == Settings(PROXY, "a,b", ca)
    settings_path(home).write_text("[recording]\ncamera_width = 320\ncamera_fps = 5\n")
    assert read_settings(home) == Settings(recording={"camera_width": 320, "camera_fps": 5})
    for text in (
        "[network",
        "[network]\nproxi = 'x'",
        "[network]\nproxy = 3",
        "[network]\nproxy = 'socks5://x'",
        "[network]\nca_file = '/no/where'",
        "network = 3",
        "recording = 3",
        "[recording]\nwidth = 320",
        "[recording]\ncamera_fps = 4",
        "[recording]\ncamera_fps = true",
        "[recording]\ncamera_fps = 5.0",
        "[recording]\ncamera_width = 321",
        "[center]\naddress = 'exam.example'",
        "[center]\nurl = 'https://exam.example'",
    ):
        settings_path(home).write_text(text)
        with pytest.raises(BadInput, match=r"settings\.toml"):
            read_settings(home)


def test_a_packed_folder_knows_its_center_and_the_home_counts_more(tmp_path: Path) -> None:
    home, folder = Home(tmp_path / "home").prepare(), tmp_path / "folder"
    folder.mkdir()
    assert read_settings(home, folder) == Settings()
    (folder / "room.pem").write_text("x")
    told = '[center]\naddress = "https://exam.example"\n[network]\nca_file = "room.pem"\n'
    (folder / "settings.toml").write_text(told)
    assert read_settings(home, folder) == Settings(center="https://exam.example", ca_file=folder / "room.pem")
    settings_path(home).write_text('[center]\naddress = "https://other.example"\n[network]\nproxy = ""\n')
    assert read_settings(home, folder) == Settings(center="https://other.example", ca_file=folder / "room.pem")


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("u 1\n", True),
        ("u 2\n", False),
        ("u 3\n", True),
        ("u 4\n", False),
        ("u 0\n", None),
        ("Fixed", True),
        ("Variable\r\n", True),
        ("Unrestricted", False),
        ("", None),
        ("Unknown", None),
    ],
)
def test_what_the_system_says_of_the_line(text: str, meant: bool | None) -> None:
    assert read_answer(text) is meant


@pytest.mark.parametrize(("says", "meant"), [("echo u 1", True), ("exit 1", None), ("echo nonsense", None)])
def test_the_system_is_asked(tmp_path: Path, says: str, meant: bool | None) -> None:
    tool = tmp_path / "busctl"
    tool.write_text(f"#!/bin/sh\n{says}\n")
    tool.chmod(0o755)
    assert metered({"PATH": f"{tmp_path}{os.pathsep}/usr/bin:/bin"}) is meant
    assert metered(NOTHING) is None
