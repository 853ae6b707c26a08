"""Draws the pictures of the phone manual: ``python scripts/drawings.py`` writes docs/drawings/*.svg.

Owns nothing else. The pictures are committed as they are drawn here; a test holds the two together.
"""

from math import cos, radians, sin
from pathlib import Path

FOLDER = Path(__file__).resolve().parents[1] / "docs" / "drawings"
_INK, _BLUE, _SOFT, _GREEN, _WARN = "#1b2733", "#1f4e79", "#dfe9f2", "#1d7a4f", "#a15c00"


def drawings() -> dict[str, str]:
    """Every picture by file name."""
    return {
        "phone-scan.svg": _scan(),
        "phone-pan.svg": _pan(),
        "phone-place.svg": _place(),
        "phone-states.svg": _states(),
    }


def _svg(width: int, height: int, title: str, *parts: str) -> str:
    body = "\n".join(f"  {part}" for part in parts)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" '
        f'role="img" font-family="sans-serif" font-size="16" fill="{_INK}">\n'
        f"  <title>{title}</title>\n"
        f'  <rect width="{width}" height="{height}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _text(x: float, y: float, words: str, *, size: int = 16, fill: str = _INK, anchor: str = "middle") -> str:
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}" text-anchor="{anchor}">{words}</text>'


def _box(x: float, y: float, w: float, h: float, fill: str = _SOFT, stroke: str = _BLUE, round_: float = 8) -> str:
    return (
        f'<rect x="{x:g}" y="{y:g}" width="{w:g}" height="{h:g}" rx="{round_:g}" '
        f'fill="{fill}" stroke="{stroke}" stroke-width="2"/>'
    )


def _phone(x: float, y: float, scale: float = 1) -> list[str]:
    w, h = 56 * scale, 104 * scale
    return [
        _box(x, y, w, h, "#10202f", "#10202f", 10 * scale),
        _box(x + 4 * scale, y + 10 * scale, w - 8 * scale, h - 20 * scale, _SOFT, _SOFT, 4 * scale),
        f'<circle cx="{x + w / 2:g}" cy="{y + 5 * scale:g}" r="{2 * scale:g}" fill="#9db4c8"/>',
    ]


def _arrow(x1: float, y1: float, x2: float, y2: float, colour: str = _BLUE) -> str:
    length = ((x2 - x1) ** 2 + (y2 - y1) ** 2) ** 0.5
    ux, uy = (x2 - x1) / length, (y2 - y1) / length
    left = (x2 - 12 * ux - 6 * uy, y2 - 12 * uy + 6 * ux)
    right = (x2 - 12 * ux + 6 * uy, y2 - 12 * uy - 6 * ux)
    head = f"{x2:.1f},{y2:.1f} {left[0]:.1f},{left[1]:.1f} {right[0]:.1f},{right[1]:.1f}"
    return (
        f'<g stroke="{colour}" fill="{colour}" stroke-width="3">'
        f'<line x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2 - 8 * ux:.1f}" y2="{y2 - 8 * uy:.1f}"/>'
        f'<polygon points="{head}" stroke-width="0"/></g>'
    )


def _scan() -> str:
    squares = [
        f'<rect x="{96 + 12 * (n % 7)}" y="{62 + 12 * (n // 7)}" width="12" height="12" fill="{_INK}"/>'
        for n in range(49)
        if (n * 5 + n // 7 * 3) % 4 < 2 and not ((n % 7 < 2 or n % 7 > 4) and n // 7 < 2) and not (n % 7 < 2 and n > 34)
    ]
    for x, y in ((96, 62), (156, 62), (96, 122)):
        squares += [_box(x + 2, y + 2, 20, 20, "#ffffff", _INK, 0), _box(x + 9, y + 9, 6, 6, _INK, _INK, 0)]
    return _svg(
        640,
        260,
        "用手机扫描电脑上的二维码，再在电脑上确认",
        _box(40, 36, 200, 136),
        *squares,
        _box(20, 172, 240, 14, "#c4d3e0", "#c4d3e0", 4),
        _text(140, 214, "1 电脑显示二维码"),
        _arrow(270, 110, 350, 110),
        *_phone(370, 54),
        _text(398, 214, "2 手机扫码"),
        _arrow(444, 110, 510, 110, _GREEN),
        _box(520, 84, 100, 52, "#e6f4ec", _GREEN),
        _text(570, 116, "确认绑定", fill=_GREEN),
        _text(570, 214, "3 回到电脑确认"),
    )


def _pan() -> str:
    around = [(320 + 112 * cos(radians(at)), 150 + 112 * sin(radians(at))) for at in range(-60, 241, 10)]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in around)
    end, before = around[-1], around[-2]
    return _svg(
        640,
        350,
        "用前置摄像头环拍房间一圈，本人在镜头内",
        _box(120, 20, 400, 260, "#f6f8fa", "#9db4c8", 4),
        f'<polyline points="{path}" fill="none" stroke="{_BLUE}" stroke-width="4" stroke-dasharray="10 7"/>',
        _arrow(*before, *end),
        f'<circle cx="320" cy="150" r="26" fill="{_SOFT}" stroke="{_BLUE}" stroke-width="2"/>',
        _text(320, 155, "您"),
        *_phone(352, 118, 0.5),
        _text(320, 312, "手持手机，前置摄像头对着自己"),
        _text(320, 336, "缓慢转一圈，拍到四面墙、门窗和桌面"),
        _text(150, 48, "房间", anchor="start", fill="#5b6b7a"),
    )


def _place() -> str:
    person = (220.0, 150.0)
    at = (person[0] + 150 * cos(radians(45)), person[1] + 150 * sin(radians(45)))
    view = [(at[0] - 210 * cos(radians(turn)), at[1] - 210 * sin(radians(turn))) for turn in (25, 65)]
    points = " ".join(f"{x:.1f},{y:.1f}" for x, y in [at, *view])
    return _svg(
        640,
        330,
        "手机固定在侧后方 45 度，拍到本人、桌面和电脑屏幕",
        f'<polygon points="{points}" fill="#fdf3dc" stroke="none"/>',
        _box(120, 40, 200, 60, "#efe6d8", "#a98d62", 4),
        _text(290, 92, "桌面", size=14, fill="#7a6340"),
        _box(170, 50, 100, 34, "#c4d3e0", _BLUE, 4),
        _text(220, 72, "电脑", size=14),
        f'<circle cx="{person[0]:g}" cy="{person[1]:g}" r="26" fill="{_SOFT}" stroke="{_BLUE}" stroke-width="2"/>',
        _text(person[0], person[1] + 5, "您"),
        f'<line x1="{person[0]:g}" y1="{person[1] + 26:g}" x2="{person[0]:g}" y2="300" stroke="#9db4c8" '
        'stroke-width="2" stroke-dasharray="6 6"/>',
        _text(person[0] - 10, 296, "正后方", size=14, fill="#5b6b7a", anchor="end"),
        f'<line x1="{person[0]:g}" y1="{person[1]:g}" x2="{at[0]:.1f}" y2="{at[1]:.1f}" stroke="{_BLUE}" '
        'stroke-width="2" stroke-dasharray="6 6"/>',
        _text(262, 228, "45°", size=18, fill=_BLUE),
        *_phone(at[0] - 8, at[1] - 10, 0.42),
        _text(at[0] + 30, at[1] + 16, "手机：横放固定，接上充电器", anchor="start"),
        _text(at[0] + 30, at[1] + 38, "拍到本人、桌面、电脑屏幕", anchor="start"),
    )


def _states() -> str:
    cells = [
        ("正在拍摄", "不要碰手机", _GREEN, "#e6f4ec"),
        ("面试结束", "手动按【停止】", _BLUE, _SOFT),
        ("正在上传", "亮屏、联网、充电", _WARN, "#fdf3dc"),
        ("上传成功", "成绩公布前不要删除", _GREEN, "#e6f4ec"),
    ]
    parts: list[str] = []
    for number, (name, todo, ink, fill) in enumerate(cells):
        x = 16 + number * 158
        parts += [_box(x, 40, 130, 84, fill, ink), _text(x + 65, 76, name, size=18, fill=ink)]
        parts += [_text(x + 65, 104, todo, size=13)]
        if number < len(cells) - 1:
            parts.append(_arrow(x + 132, 82, x + 156, 82))
    return _svg(640, 160, "从拍摄到上传成功", *parts)


if __name__ == "__main__":
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, drawn in drawings().items():
        (FOLDER / name).write_text(drawn, encoding="utf-8")
