"""From what is known of the phone to what pages show of it. Pure; words for its states are the page's."""

from domain.companion import BindingState, is_bound, link_trouble, low_battery, low_storage
from domain.errors import Words
from domain.wire.interview import Phone
from ui.entrypages import Binding, PhoneView
from ui.known import Known

_SHOWN = {"none": "unbound"}
_TAIL = 4
_NO_PHONE = Words(
    "没有绑定手机：请联系技术服务人员；本机可以关闭，不要删除任何文件",
    "No phone is bound: call support. This computer may be closed; delete nothing",
)
_TODO = {
    "unbound": _NO_PHONE,
    "waiting": _NO_PHONE,
    "asking": Words("请先确认绑定正在请求的手机", "Approve the phone that asks first"),
    "recording": Words(
        "请到手机上按【停止】，并保持手机联网；本机可以关闭",
        "Press Stop on the phone and keep it online; this computer may be closed",
    ),
    "uploading": Words(
        "请让手机保持亮屏、联网、充电，直到手机显示上传成功；本机可以关闭",
        "Keep the phone awake, online and charging until it says success; this computer may be closed",
    ),
    "lost": Words(
        "请打开手机上的智试通并联网，上传会自动继续；本机可以关闭",
        "Open Zhishi on the phone and connect it; the upload goes on by itself. This computer may be closed",
    ),
    "unknown": Words(
        "本机没有网络，暂时看不到手机；请让手机保持亮屏、联网；本机联网后自动更新",
        "No network here, so the phone cannot be seen; keep it awake and online. This page goes on by itself",
    ),
    "done": Words(
        "还有另一部手机的视频没有上传：请打开它上面的智试通；本机可以关闭",
        "Another phone's video is still to come: open Zhishi on it. This computer may be closed",
    ),
}


def phone_word(known: Known, state: str) -> str:
    """The state's name on pages. Without a line to the center nobody here knows how a bound phone is."""
    if known.online is False and is_bound(state) and state != BindingState.DONE:
        return "unknown"
    return _SHOWN.get(state, state)


def binding_page(known: Known) -> Binding:
    """The binding page, and the same for the dialog of later stages."""
    view, made = known.facts.view, known.binding
    told = view.state.binding if view is not None else None
    address = known.binding_link.partition("#")[0]
    return Binding(
        required=told.required if told else False,
        waived=told.waived if told else False,
        code=made.code if made else "",
        address=address,
        qr_svg=known.binding_qr,
        expires_ms=made.expires_ms if made else None,
        phone=phone_word(known, told.state) if told else "unbound",
        bound=_phone(told.phone) if told else None,
        asking=_phone(told.asking) if told else None,
        trouble=link_trouble(known.binding_link).value if made else "",
    )


def phone_panel(known: Known) -> Binding | None:
    """The phone in stages after binding; None where no phone is demanded and none is known."""
    view = known.facts.view
    if view is None:
        return None
    told = view.state.binding
    wanted = told.required or told.asking is not None or is_bound(told.state)
    return binding_page(known) if wanted else None


def phone_todo(phone: str) -> Words:
    """What to do while the laptop's part has arrived and the phone's has not."""
    return _TODO.get(phone, _TODO["recording"])


def _phone(told: Phone | None) -> PhoneView | None:
    if told is None:
        return None
    return PhoneView(
        device=told.device,
        name=told.name,
        tail=told.device[-_TAIL:].upper(),
        battery=told.battery,
        charging=told.charging is True,
        low_battery=low_battery(told.battery, told.charging),
        low_storage=low_storage(told.free_bytes),
        segments=told.segments,
        sent_segments=told.sent_segments,
        bytes=told.bytes,
        sent_bytes=told.sent_bytes,
        seen_ms=told.seen_ms,
    )
