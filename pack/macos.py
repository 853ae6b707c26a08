"""What macOS is told of the application: what it asks the person for, in both languages, and what it may do. Pure.

Without a sentence here the system ends a program that asks for the camera or the microphone. Recording the screen has
no sentence of its own: the system's dialog names the application, which 系统设置 › 隐私与安全性 then lists.
"""

import plistlib
from typing import Any

IDENTIFIER = "cn.zhishi.candidate"
OLDEST = "13.0"
LANGUAGES = ("zh-Hans", "en")
_ASKS = {
    "NSCameraUsageDescription": (
        "面试时录制您的画面，并在登录时核对本人。",
        "Records your picture during the interview and checks at login that it is you.",
    ),
    "NSMicrophoneUsageDescription": (
        "面试时录制您的声音。",
        "Records your voice during the interview.",
    ),
    "NSLocalNetworkUsageDescription": (
        "在考场内连接本场的考务平台。",
        "Reaches the exam center inside the exam room's own network.",
    ),
    "NSRemovableVolumesUsageDescription": (
        "网络不行时，把离线数据包存到您选择的 U 盘。",
        "Writes the rescue bundle to the stick you choose when there is no network.",
    ),
}


def info(version: str) -> dict[str, Any]:
    """The application's Info.plist beyond what PyInstaller writes."""
    return {
        "CFBundleDisplayName": "智试云",
        "CFBundleShortVersionString": version,
        "CFBundleDevelopmentRegion": "zh_CN",
        "CFBundleLocalizations": ["zh_CN", "en"],
        "LSMinimumSystemVersion": OLDEST,
        "LSMultipleInstancesProhibited": False,  # window, recorder and sync daemon are one file, three processes
        "NSHighResolutionCapable": True,
        "NSSupportsAutomaticTermination": False,
        "NSSupportsSuddenTermination": False,
        "NSAppTransportSecurity": {"NSAllowsLocalNetworking": True},  # the window's pages come from this machine
        **{key: zh for key, (zh, _) in _ASKS.items()},
    }


def strings(language: str) -> str:
    """``InfoPlist.strings`` of ``zh-Hans`` or ``en``."""
    index = 0 if language == "zh-Hans" else 1
    return "".join(f'"{key}" = "{words[index]}";\n' for key, words in _ASKS.items())


def entitlements() -> bytes:
    """For the hardened runtime (notarisation asks for it): the devices, and what an embedded Python needs.

    Not the App Sandbox: a sandboxed program may not install a launch agent, nor record another program's windows.
    """
    return plistlib.dumps(
        {
            "com.apple.security.device.camera": True,
            "com.apple.security.device.audio-input": True,
            # ffmpeg and Python's modules are signed by whoever made the folder, not by Apple's own
            "com.apple.security.cs.disable-library-validation": True,
            "com.apple.security.cs.allow-unsigned-executable-memory": True,  # ctypes makes its callbacks at run time
        }
    )
