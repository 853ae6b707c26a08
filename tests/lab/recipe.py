"""What the guest consists of: packages, files, users. Whatever is written here is part of the image's key."""

import json
import shutil
import struct
from pathlib import Path

SUITE = "bookworm"
GUEST = Path(__file__).parent / "guest"
USER, UID = "candidate", 1000
PICTURE, PICTURE_FPS = 320, 5  # the processor is emulated: a picture that a tenth of a real laptop can encode

PACKAGES = (
    "linux-image-amd64", "initramfs-tools", "systemd-sysv", "udev", "kmod", "dbus", "dbus-user-session",
    "libpam-systemd", "iproute2", "procps", "python3", "python3-venv", "pulseaudio", "pulseaudio-utils", "alsa-utils",
    "xvfb", "x11-apps",
)  # fmt: skip

_UNIT = (
    "[Unit]\nDescription={what}\nStartLimitIntervalSec=0\n{more}[Service]\n{service}Restart=always\nRestartSec=1\n"
    "[Install]\nWantedBy=multi-user.target\n"
)

FILES = {
    "/etc/hostname": "laptop\n",
    "/etc/fstab": "/dev/vda / ext4 defaults 0 1\n",
    "/etc/initramfs-tools/conf.d/lab": "MODULES=list\nCOMPRESS=gzip\n",
    "/etc/initramfs-tools/modules": "virtio_pci\nvirtio_blk\next4\ncrc32c_generic\n",
    "/etc/modules-load.d/lab.conf": "vivid\nsnd-aloop\n",
    # one webcam (its sizes begin at 320x180) and nothing else of what vivid can be
    "/etc/modprobe.d/lab.conf": (
        "options vivid n_devs=1 node_types=0x1 num_inputs=1 input_types=0x0 no_error_inj=1\n"
        "options snd-aloop pcm_substreams=1\n"
    ),
    "/etc/systemd/network/lab.network": (
        "[Match]\nType=ether\n[Network]\nAddress=10.0.2.15/24\nGateway=10.0.2.2\nLinkLocalAddressing=no\n"
        "IPv6AcceptRA=no\n"
    ),
    # Debian's udev rules hide snd-aloop from PulseAudio; the rest of what it loads would only cost time
    "/etc/pulse/daemon.conf": (
        "default-sample-rate = 48000\ndefault-sample-channels = 1\nresample-method = trivial\nexit-idle-time = -1\n"
        "realtime-scheduling = no\nhigh-priority = no\n"
    ),
    "/etc/pulse/default.pa": (
        "load-module module-native-protocol-unix\n"
        "load-module module-alsa-source device=hw:Loopback,0,0 source_name=microphone rate=48000 channels=1\n"
    ),
    "/etc/systemd/system/screen.service": _UNIT.format(
        what="the candidate's screen",
        more="",
        service=f"User={USER}\nExecStart=/usr/bin/Xvfb :0 -screen 0 640x360x24 -nolisten tcp -noreset\n",
    ),
    "/etc/systemd/system/clock.service": _UNIT.format(
        what="something that moves on the screen",
        more="After=screen.service\n",
        service=f"User={USER}\nExecStart=/usr/bin/xclock -display :0 -digital -update 1 -geometry 300x60+40+40\n",
    ),
    "/etc/systemd/system/voice.service": _UNIT.format(
        what="somebody speaks into the sound card",
        more="",
        service="ExecStart=/usr/bin/aplay -q -D hw:Loopback,1,0 -t raw -f S16_LE -c 1 -r 48000 /opt/lab/voice\n",
    ),
    "/etc/systemd/system/desk.service": _UNIT.format(
        what="the lab's hand and eye in the guest",
        more="",
        service="ExecStart=/opt/zhishi/bin/python /opt/lab/desk.py\n",
    ),
    f"/home/{USER}/.local/share/zhishi/settings.toml": (
        f"[recording]\ncamera_width = {PICTURE}\ncamera_fps = {PICTURE_FPS}\n"
    ),
}

_IDLE = (  # what would only cost an emulated processor time, or the console
    "serial-getty@ttyS0.service", "getty@tty1.service", "systemd-networkd-wait-online.service", "apt-daily.timer",
    "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "e2scrub_reap.service", "fstrim.timer",
    "man-db.timer", "logrotate.timer", "alsa-restore.service", "console-setup.service", "keyboard-setup.service",
)  # fmt: skip
AFTER = (
    ("sh", "-c", f"id {USER} >/dev/null 2>&1 || useradd -u {UID} -U -G audio,video -s /bin/bash {USER}"),
    ("chown", "-R", f"{USER}:{USER}", f"/home/{USER}"),
    ("systemd-machine-id-setup",),
    ("systemctl", "enable", "systemd-networkd", "screen", "clock", "voice", "desk"),
    ("systemctl", "mask", *_IDLE),
    ("update-initramfs", "-u", "-k", "all"),
)  # fmt: skip


def system() -> bytes:
    """What the system is made of, for its key."""
    return json.dumps([SUITE, PACKAGES]).encode()


def furnishing() -> bytes:
    """What is done to it afterwards, for the image's key."""
    return json.dumps([FILES, AFTER, (GUEST / "desk.py").read_text()], sort_keys=True).encode()


def voice() -> bytes:
    """A minute of a sawtooth of 200 Hz, s16le mono at 48 kHz: something the microphone hears."""
    period = b"".join(struct.pack("<h", (step - 120) * 60) for step in range(240))
    return period * 200 * 60


def lay(root: Path, laid: Path) -> None:
    """Write the files below ``root``; those that an older recipe left (named in ``laid``) go."""
    for name in json.loads(laid.read_text()) if laid.exists() else []:
        (root / name.lstrip("/")).unlink(missing_ok=True)
    laid.write_text(json.dumps(sorted(FILES)))
    lab = root / "opt" / "lab"
    lab.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(GUEST / "desk.py", lab / "desk.py")
    (lab / "voice").write_bytes(voice())
    for name, content in FILES.items():
        path = root / name.lstrip("/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
