"""Scripted PageStates: every stage and every important state inside it, as the page server would tell them.

Texts are written for these tests. ``STATES`` maps a name (also the screenshot's) to a state in Chinese;
``in_english`` is the same state with the language switched.
"""

import segno

from domain.errors import CenterError, DiskFull, Words
from domain.stage import Stage
from domain.status import LocalSessionState
from domain.window import Assessment
from domain.wire.failure import ErrorBody, to_body
from domain.wire.recorder import DeviceEntry
from ui import words
from ui.answerpages import Answering, End, Question, Receipt, TrackView
from ui.devicecheck import Readings, judge
from ui.entrypages import (
    Attachment,
    Attachments,
    Binding,
    Check,
    Chosen,
    Confirm,
    Consent,
    Devices,
    Enter,
    Login,
    PhoneView,
    Pledge,
    Rule,
    Trial,
)
from ui.pagestate import HelpEntry, Notice, Page, PageState, StageEntry, Strip, StripCell, StripLane, Top

MINUTE = 60_000
START = 1_778_893_200_000  # 2026-05-16 09:00:00 in China
ANSWER = 15 * MINUTE
HOTLINE = "0571-8800-1234"

_TITLES = {
    Stage.DEVICES: ("设备准备", "Device check"),
    Stage.LOGIN: ("人脸登录", "Face login"),
    Stage.BINDING: ("佐证绑定", "Bind the phone"),
    Stage.ATTACHMENTS: ("阅读考试附件", "Attachments"),
    Stage.ENTER: ("进入考试", "Enter"),
    Stage.CONFIRM: ("设备确认", "Confirm devices"),
    Stage.ANSWERING: ("开始答题", "Answering"),
    Stage.END: ("结束考试", "End"),
}
_WHY = {
    Stage.LOGIN: ("请先完成设备检测", "Finish the device check first", None),
    Stage.BINDING: ("请先完成人脸登录", "Log in first", None),
    Stage.ATTACHMENTS: ("请先绑定手机", "Bind the phone first", None),
    Stage.ENTER: ("还有 2 份附件未阅读", "2 attachments are still to be read", None),
    Stage.CONFIRM: ("开考前 15 分钟开放", "Opens 15 minutes before the start", START - 15 * MINUTE),
    Stage.ANSWERING: ("请确认设备后点击【进入待考】", "Confirm your devices first", None),
    Stage.END: ("答题时间未到", "The answer time is not over", START + ANSWER),
}
_DEVICES = [
    DeviceEntry(id="cam0", kind="camera", source="v4l2", name="USB Camera 2.0"),
    DeviceEntry(id="cam1", kind="camera", source="v4l2", name="Integrated Camera"),
    DeviceEntry(id="mic0", kind="microphone", source="pulse", name="内置麦克风"),
    DeviceEntry(
        id="mic1", kind="microphone", source="pulse", name="蓝牙耳机", usable=False, why_not="正被其他程序占用"
    ),
    DeviceEntry(id="scr0", kind="screen", source="x11", name="1366×768"),
]
_CHOSEN = Chosen(camera="cam0", microphone="mic0", screen="scr0")


def state(stage: Stage, page: Page, *, now: int, network: str = "online", **more: object) -> PageState:
    """One whole PageState at center time ``now`` (ms); ``more`` sets further fields."""
    at = list(Stage).index(stage)
    stages = [
        StageEntry(
            stage=one,
            state="done" if index < at else "now" if index == at else "locked",
            title_zh=_TITLES[one][0],
            title_en=_TITLES[one][1],
            why_zh=_WHY[one][0] if index > at else "",
            why_en=_WHY[one][1] if index > at else "",
            opens_at_ms=_WHY[one][2] if index > at else None,
        )
        for index, one in enumerate(Stage)
    ]
    known = stage is not Stage.DEVICES
    top = {
        "project": "SAMPLE" if known else "",
        "title": "2026 年度公开招聘面试 · 第二场" if known else "",
        "number": "20260217" if at > 1 else "",
        "center_ms": now,
        "center_est": False,
        "network": network,
        "hotline": HOTLINE,
        "start_ms": START if at > 1 else None,
    }
    top.update(more.pop("top", {}))  # type: ignore[call-overload]
    told = {"lang": "zh", "stage": stage, "stages": stages, "top": Top.model_validate(top), "page": page, **more}
    return PageState.model_validate(told)


def in_english(one: PageState) -> PageState:
    """The same state with the other language."""
    return one.model_copy(update={"lang": "en"})


def _check(id_: str, titles: tuple[str, str], verdict: str, zh: str, en: str, **more: object) -> Check:
    return Check.model_validate(
        {"id": id_, "title_zh": titles[0], "title_en": titles[1], "verdict": verdict, "zh": zh, "en": en, **more}
    )


def _network(bytes_per_s: float) -> Check:
    """As the program itself says it."""
    read = Readings(online=True, latency_ms=38, upload_bytes_per_s=bytes_per_s)
    return next(check for check in judge(read) if check.id == "network")


def _checks(*, trouble: bool) -> list[Check]:
    return [
        _check("camera", ("摄像头", "Camera"), "pass", "USB Camera 2.0 · 640×480", "USB Camera 2.0 · 640×480"),
        _check("microphone", ("麦克风", "Microphone"), "pass", "内置麦克风", "Built-in microphone"),
        _check("screen", ("录屏", "Screen"), "pass", "1366×768，一块屏幕", "1366×768, one screen"),
        _check("disk", ("磁盘", "Disk"), "pass", "可用 41 GB，本场约需 0.3 GB", "41 GB free, about 0.3 GB needed"),
        _check(
            "power",
            ("电源", "Power"),
            "warn",
            "电量 46%，预计可用 50 分钟",
            "46 %, lasts about 50 minutes",
            todo_zh="请插上充电器",
            todo_en="Plug in the charger",
        )
        if trouble
        else _check("power", ("电源", "Power"), "pass", "已接充电器", "Charger plugged in"),
        _check("cpu", ("处理器", "Processor"), "pass", "试录时占用 18%", "18 % busy while recording"),
        _network(80_000 if trouble else 525_000),
        _check("clock", ("时间", "Clock"), "pass", "与考试系统相差 0.2 秒", "0.2 s off center time"),
        _check(
            "programs",
            ("其他程序", "Programs"),
            "fail",
            "正在运行的录屏软件：OBS Studio",
            "A recording program runs: OBS Studio",
            todo_zh="请关闭 OBS Studio",
            todo_en="Close OBS Studio",
            blocks=True,
        )
        if trouble
        else _check("programs", ("其他程序", "Programs"), "pass", "没有录屏或远程控制软件", "None that records"),
    ]


_RULES = [
    ("a4", "桌面只有一张空白 A4 纸和一支黑色中性笔", "On the desk: one blank A4 sheet and one black pen"),
    ("power", "电脑已接充电器", "The charger is plugged in"),
    ("phone", "手机已开勿扰模式并在充电", "The phone is on do-not-disturb and charging"),
    ("alone", "房间内只有我一人，门已关好", "I am alone in the room and the door is closed"),
]


def _rules(*, ticked: int) -> list[Rule]:
    return [Rule(id=id_, zh=zh, en=en, ticked=index < ticked) for index, (id_, zh, en) in enumerate(_RULES)]


_REHEARSAL = {"title": "考前模拟测试", "practice": True, "rehearsal": True}


def _practice(name: str, text: Words) -> Notice:
    return Notice(id=f"practice-{name}", level="info", zh=text.zh, en=text.en)


def _devices(**more: object) -> PageState:
    around = more.pop("around", {})
    told = {
        "devices": _DEVICES, "chosen": _CHOSEN, "level_db": -34.0, "preview": True, "can_rehearse": not around, **more,
    }  # fmt: skip
    return state(Stage.DEVICES, Devices.model_validate(told), now=START - 55 * MINUTE, **around)  # type: ignore[arg-type]


_CONSENT = Consent(
    version="2026-1",
    zh="为核实您的身份，考务平台将在登录时采集您的面部图像，与报名照片比对。\n"
    "处理者：示例考试院。目的：核实参加面试的是报名者本人。处理的信息：登录时的面部图像和由其计算的特征值。\n"
    "特征值在比对完成后删除；登录图像随面试记录保存，期限届满后删除。您可以查询、更正，也可以撤回同意。\n"
    "不同意不影响您参加面试：可由技术服务人员核对证件后办理登录。",
    en="To make sure that it is you, the center takes pictures of your face at login and compares them with your "
    "registered photo.\nProcessor: the sample authority. Templates are deleted after the match.\n"
    "Without your consent support checks your document and logs you in; you can still sit the interview.",
)


def _login(step: str, *, now: int = START - 25 * MINUTE, **more: object) -> PageState:
    around = more.pop("around", {})
    told = {"step": step, "consent": _CONSENT, "project": "SAMPLE", "preview": True, **more}
    return state(Stage.LOGIN, Login.model_validate(told), now=now, **around)  # type: ignore[arg-type]


def _qr(text: str) -> str:
    return segno.make(text, error="m").svg_inline(scale=4, border=2)


def _binding(phone: str, **more: object) -> PageState:
    url = "https://bind.example/companion#k7Qm2rXw9ZtA"
    told = {
        "required": True,
        "code": "4K2W-193T",
        "address": "https://bind.example/companion",
        "qr_svg": _qr(url),
        "expires_ms": START - 18 * MINUTE,
        "phone": phone,
        **more,
    }
    return state(Stage.BINDING, Binding.model_validate(told), now=START - 22 * MINUTE)


def _phone(**more: object) -> PhoneView:
    told = {"device": "018f", "name": "Pixel 7", "tail": "3A9F", "battery": 0.81, "segments": 42, "sent_segments": 40}
    return PhoneView.model_validate({**told, **more})


def _with_phone(told: PageState, phone: str, **more: object) -> PageState:
    """A later stage with the phone's line."""
    panel = Binding.model_validate({"required": True, "phone": phone, **more})
    return told.model_copy(update={"phone": panel})


NOTICE_TEXT = """# 考试须知

**请在面试前完整阅读。** 本次面试为线上结构化面试，由系统自动计时。

## 作答

1. 题目显示后开始计时，时间到自动结束。
2. 作答时不得说出姓名等个人信息。
3. 不得抄录、复制或向外传播题目。

## 时间

| 环节 | 开放时间 |
|---|---|
| 人脸登录 | 开考前 30 分钟 |
| 进入考试 | 开考前 15 分钟 |

## 设备

- 面试期间摄像头、麦克风和屏幕全程录制。
- 断网时请继续作答，视频保存在本机，联网后自动上传。
"""


def _attachments(opened: int, read: int, *, accepted: bool = False) -> PageState:
    titles = ["考试须知", "职位要求说明", "评分要素公告"]
    kinds = ["text/markdown", "application/pdf", "text/plain"]
    items = [
        Attachment(
            id=f"a{n}",
            title=title,
            media_type=kinds[n],
            url=f"/api/attachment/a{n}",
            opened=n < opened,
            read=n < read,
        )
        for n, title in enumerate(titles)
    ]
    left = len(titles) - read
    page = Attachments(
        items=items,
        pledge=Pledge(
            version="2026-1",
            zh="我已仔细阅读招聘公告和考试相关说明，清楚并理解各项内容。\n"
            "我郑重承诺：所提供的个人信息、证明材料真实准确；自觉遵守考试纪律，诚实守信，独立完成面试。\n"
            "如有弄虚作假或违反纪律，本人自愿承担相应责任。",
            accepted=accepted,
        ),
        why_not_zh=f"还有 {left} 份附件未阅读" if left else "请接受考生诚信承诺书",
        why_not_en=f"{left} attachments are still to be read" if left else "Accept the integrity pledge",
    )
    return state(Stage.ATTACHMENTS, page, now=START - 18 * MINUTE)


def _enter(now: int, *, network: str = "online", **more: object) -> PageState:
    told = {"opens_at_ms": START - 15 * MINUTE, "door_closes_ms": START, **more}
    return state(Stage.ENTER, Enter.model_validate(told), now=now, network=network)


QUESTIONS = [
    Question(
        id="q1",
        text="社区准备把一块闲置空地改造成便民停车场，部分居民希望保留为儿童活动场地，双方意见不一。"
        "作为社区工作人员，你会如何处理？",
    ),
    Question(
        id="q2",
        text="单位新推行线上办事系统，年长的同事使用困难，办事群众也有抱怨。领导让你负责改进，你会怎么做？",
    ),
    Question(id="q3", text="请结合自身经历，谈谈你对“把小事做好”的理解。"),
]


def _answering(
    phase: str, now: int, *, network: str = "online", more: dict[str, object] | None = None, **page: object
) -> PageState:
    told = {"phase": phase, "start_ms": START, "preview": True, "level_db": -30.0, "recording": True, **page}
    return state(
        Stage.ANSWERING,
        Answering.model_validate(told),
        now=now,
        network=network,
        upload=End(phone="recording", support_code="4821 0217"),
        **(more or {}),
    )


def _questions(now: int, *, network: str = "online", more: dict[str, object] | None = None) -> PageState:
    end = START + ANSWER
    return _answering("questions", now, network=network, more=more, ends_at_ms=end, questions=QUESTIONS, can_end=True)


def _cells(length: int, count: int, verified: int, sent: int, gap: int | None = None) -> list[StripCell]:
    step = length // count
    cells: list[StripCell] = []
    for n in range(count):
        kind = "gap" if n == gap else "verified" if n < verified else "sent" if n < verified + sent else "recorded"
        cells.append(
            StripCell.model_validate({"from_ms": START + n * step, "to_ms": START + (n + 1) * step, "state": kind})
        )
    return cells


def _strip(verified: float) -> Strip:
    def lane(track: str, count: int, gap: int | None = None) -> StripLane:
        done = int(count * verified)
        sent = 0 if verified >= 1 else 2
        return StripLane(track=track, cells=_cells(16 * MINUTE, count, done, sent, gap))

    lanes = [lane("camera", 49, gap=22), lane("screen", 33), lane("companion", 40)]
    return Strip(from_ms=START, to_ms=START + 16 * MINUTE, lanes=lanes, marks=[START + 7 * MINUTE + 12_000])


def _track(track: str, segments: int, share: float, gaps: int = 0) -> TrackView:
    done, sent = int(segments * share), min(segments, int(segments * share) + (0 if share >= 1 else 2))
    return TrackView(
        track=track,
        segments=segments,
        sent_segments=sent,
        verified_segments=done,
        bytes=segments * 700_000,
        sent_bytes=sent * 700_000,
        verified_bytes=done * 700_000,
        duration_ms=16 * MINUTE,
        gaps=gaps,
        gap_ms=gaps * 12_000,
    )


def _end(share: float, *, network: str = "online", more: dict[str, object] | None = None, **page: object) -> PageState:
    ended = START + ANSWER
    told = {
        "state": "ended",
        "tracks": [_track("camera", 48, share, 1), _track("screen", 33, share), _track("companion", 40, share)],
        "remaining_bytes": int(82_600_000 * (1 - share)),
        "ended_ms": ended,
        "deadline_ms": ended + 60 * MINUTE,
        "phone": "recording",
        "support_code": "4821 0217",
        **page,
    }
    now = ended + 9 * MINUTE
    return state(Stage.END, End.model_validate(told), now=now, network=network, strip=_strip(share), **(more or {}))


_PLACES = [
    {"path": "/media/li/KINGSTON", "name": "KINGSTON", "free_bytes": 14_200_000_000, "removable": True},
    {"path": "/home/li/Downloads", "name": "Downloads", "free_bytes": 88_000_000_000, "removable": False},
]


def _carrying(**carry: object) -> PageState:
    return _end(
        0.4,
        network="offline",
        said_zh="网络不通，视频完好保存在本机",
        said_en="No network; everything is safe on this machine",
        carry={"offered": True, "open": True, **carry},
    )


def _receipt(*, final: bool, practice: bool = False) -> Receipt:
    return Receipt(
        path="/home/candidate/智试云/回执/20260217.jws",
        final=final,
        practice=practice,
        issued_ms=START + ANSWER + 15 * MINUTE,
        number="20260217",
        project="2026 年度公开招聘面试 · 第二场",
        fingerprint="7d3f0a91c5e8b26417f0d9ac3b58e6127d3f0a91c5e8b26417f0d9ac3b58e612",
        qr_svg=_qr("zhishi:receipt:7d3f0a91c5e8b26417f0d9ac3b58e612:20260217"),
        segments=121,
        bytes=84_700_000,
        assessment="confirmed",
    )


_CLOSED = words.end_words(LocalSessionState.SUBMITTED, Assessment.CLOSED_WITH_LOSS, online=True, practice=False)
_UNREACHED: ErrorBody = to_body(CenterError("no route"))

STATES: dict[str, PageState] = {
    "1-devices-trouble": _devices(
        checks=_checks(trouble=True),
        rules=_rules(ticked=2),
        why_not_zh="关闭 OBS Studio 后可以继续。",
        why_not_en="Close OBS Studio to go on.",
    ),
    "1-devices-ready": _devices(
        checks=_checks(trouble=False),
        rules=_rules(ticked=4),
        can_go_on=True,
        test_clip=Trial(state="heard", url="/api/testclip.webm", duration_ms=5000),
    ),
    "1-devices-called": _devices(checks=_checks(trouble=False), rules=_rules(ticked=4), can_go_on=True).model_copy(
        update={
            "help": [HelpEntry(id="h1", at_ms=START - 57 * MINUTE, text="摄像头打不开", state="sent", code="48210937")]
        }
    ),
    "1-devices-recording": _devices(
        checks=_checks(trouble=False),
        rules=_rules(ticked=0),
        test_clip=Trial(state="recording", left_ms=3000),
        why_not_zh="请先试录 5 秒并回放。",
        why_not_en="Make the five-second test recording first.",
    ),
    "1-devices-rehearsal": _devices(
        checks=_checks(trouble=False),
        rules=_rules(ticked=4),
        can_go_on=True,
        around={"top": _REHEARSAL, "notices": [_practice("devices", words.PRACTICE[Stage.DEVICES, True])]},
    ),
    "2-login-rehearsal": _login(
        "form",
        number="MN20260217",
        id_number="4TR7K2M9QX",
        around={"top": _REHEARSAL, "notices": [_practice("login", words.PRACTICE[Stage.LOGIN, True])]},
    ),
    "2-login-project": _login("project", project=""),
    "2-login-consent": _login("consent"),
    "2-login-form": _login("form"),
    "2-login-early": _login(
        "form",
        now=START - 42 * MINUTE,
        gate_zh="开考前 30 分钟开放登录",
        gate_en="Opens 30 minutes before the start",
        opens_at_ms=START - 30 * MINUTE,
    ),
    "2-login-taken": _login("form", number="20260217", taken=True),
    "2-login-face": _login(
        "face",
        guide_zh="请慢慢向您的左侧转头",
        guide_en="Turn your head slowly to your left",
        cue="turn_left",
        done=1,
        of=3,
        attempts_left=4,
    ),
    "2-login-retry": _login(
        "retry",
        guide_zh="没有看到转头动作，请重试，动作可以大一些",
        guide_en="No turn was seen; try again with a larger turn",
        attempts_left=3,
    ),
    "2-login-help": _login("help", asked_support=True),
    "3-binding-waiting": _binding("waiting"),
    "3-binding-asking": _binding("asking", asking=_phone(segments=0)),
    "3-binding-insecure": _binding("waiting", trouble="insecure", address="http://192.168.1.20:8700/companion"),
    "3-binding-loopback": _binding("waiting", trouble="loopback", address="http://127.0.0.1:8700/companion"),
    "3-binding-bound": _binding("bound", bound=_phone(segments=0, battery=0.14, low_battery=True)),
    "3-binding-lost": _binding("lost", bound=_phone()),
    "4-attachments-phone-asks": _with_phone(
        _attachments(1, 0), "recording", bound=_phone(), asking=_phone(tail="77B0")
    ),
    "5-enter-no-phone": _with_phone(_enter(START - 12 * MINUTE, can_enter=True), "unbound"),
    "7-answering-phone-frozen": _with_phone(
        _questions(START + 2 * MINUTE), "frozen", bound=_phone(low_battery=True, battery=0.12)
    ),
    "4-attachments-first": _attachments(0, 0),
    "4-attachments-reading": _attachments(1, 0),
    "4-attachments-pledge": _attachments(3, 3),
    "5-enter-early": _enter(START - 17 * MINUTE, why_not_zh="开考前 15 分钟开放", why_not_en="Opens 15 minutes before"),
    "5-enter-open": _enter(START - 12 * MINUTE, can_enter=True),
    "5-enter-offline": _enter(START - 2 * MINUTE, network="offline", can_enter=True, entering=True),
    "5-enter-late": _enter(
        START + MINUTE,
        why_not_zh="面试已经开始，不能再进入；请联系技术服务人员",
        why_not_en="The interview has begun; please call support",
    ),
    "6-confirm": state(
        Stage.CONFIRM,
        Confirm(devices=_DEVICES, chosen=_CHOSEN, level_db=-28.0, preview=True),
        now=START - 10 * MINUTE,
    ),
    "7-answering-waiting": _answering("waiting", START - 4 * MINUTE),
    "7-answering-a4": _answering("a4", START + 20_000, a4_until_ms=START + MINUTE),
    "7-answering-questions": _questions(START + 2 * MINUTE),
    "7-answering-rehearsal": _questions(
        START + 2 * MINUTE,
        network="offline",
        more={"top": {**_REHEARSAL, "rehearsal": False}, "notices": [_practice("cut", words.PRACTICE_CUT)]},
    ),
    "7-answering-offline": _questions(
        START + 7 * MINUTE,
        network="offline",
        more={
            "help": [HelpEntry(id="h1", at_ms=START + 6 * MINUTE, text="键盘没有反应", state="queued")],
        },
    ),
    "7-answering-last-minute": _questions(
        START + ANSWER - 42_000,
        more={
            "notices": [Notice(id="n1", level="info", zh="请注意把握时间。", en="Please mind the time.")],
            "help": [
                HelpEntry(
                    id="h1",
                    at_ms=START + 6 * MINUTE,
                    text="听不到提示音",
                    state="answered",
                    answer="面试没有提示音，请继续作答。",
                )
            ],
        },
    ),
    "7-answering-missing": _answering(
        "missing",
        START + 95_000,
        network="offline",
        missing_since_ms=START + MINUTE,
        late_limit_at_ms=START + 11 * MINUTE,
        pack=True,
    ),
    "8-end-uploading": _end(
        0.68,
        said_zh="还有 26.4 MB 未上传，按现在的网速约需 6 分钟。请保持开机和联网，先不要关闭本页。",
        said_en="26.4 MB are still to be sent, about 6 minutes. Keep the computer on and online, leave this page open.",
        bytes_per_second=112_000.0,
        finish_in_ms=6 * MINUTE,
    ),
    "8-end-offline": _end(
        0.4,
        network="offline",
        said_zh="网络中断。视频已完整保存在本机，联网后自动继续上传。",
        said_en="The network is gone. Everything is kept on this computer and goes on when it is back.",
        todo_zh="请检查网线或无线网络，也可以换用手机热点。",
        todo_en="Check cable or Wi-Fi, or use a phone's hotspot.",
        assessment="at_risk",
        more={"error": _UNREACHED},
    ),
    "8-end-carry-choose": _carrying(places=_PLACES),
    "8-end-carry-writing": _carrying(state="writing", places=_PLACES, folder="/media/li/KINGSTON", share=0.37),
    "8-end-carry-done": _carrying(
        state="done",
        places=_PLACES,
        folder="/media/li/KINGSTON",
        share=1.0,
        files=["/media/li/KINGSTON/zhishi-rescue-5f0c31ab9e22-1of1.age"],
        file_bytes=49_800_000,
        left_out=1,
    ),
    "8-end-carry-full": _carrying(state="failed", places=_PLACES, error=to_body(DiskFull("12 bytes free"))),
    "8-end-closing": _end(
        0.68,
        said_zh="还有 26.4 MB 未上传。",
        said_en="26.4 MB are still to be sent.",
        bytes_per_second=112_000.0,
        more={"closing": True},
    ),
    "8-end-device-receipt": _end(
        1.0,
        state="submitted",
        said_zh="本机数据上传成功，等待手机佐证视频。",
        said_en="This computer's data have arrived; waiting for the phone's video.",
        todo_zh="请到手机上按【停止】，停止后自动上传。",
        todo_en="Stop it on the phone; it then uploads by itself.",
        receipt=_receipt(final=False),
        may_close=True,
    ),
    "8-end-closed-with-loss": _end(
        1.0,
        state="submitted",
        assessment="closed_with_loss",
        phone="verified",
        said_zh=_CLOSED[0].zh,
        said_en=_CLOSED[0].en,
        todo_zh=_CLOSED[1].zh,
        todo_en=_CLOSED[1].en,
        receipt=_receipt(final=False),
        may_close=True,
    ),
    "8-end-confirmed": _end(
        1.0,
        state="confirmed",
        assessment="confirmed",
        phone="verified",
        said_zh="全部数据已由考务平台校验并签收。",
        said_en="Everything has been verified and signed for by the center.",
        receipt=_receipt(final=True),
        may_close=True,
    ),
}
