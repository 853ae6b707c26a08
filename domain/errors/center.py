"""What can go wrong between here and the center."""

from domain.errors.tree import Words, ZhishiError


class CenterError(ZhishiError):
    """The center cannot be reached or refuses."""

    code = "center"
    message = Words("考务平台暂时无法处理", "The center cannot do this now")
    hint = Words(
        "将自动重试；已录制的视频都保存在本机", "It is tried again by itself; whatever was recorded is kept here"
    )
    retryable = True


class CenterUnreachable(CenterError):
    """No network path to the center."""

    code = "center_unreachable"
    message = Words("无法连接考务平台", "The center cannot be reached")


class CenterUnknown(CenterError):
    """The configured address is not a center, or not the one enrolled with."""

    code = "center_unknown"
    message = Words("该地址不是已登记的考务平台", "That address is not the enrolled center")
    hint = Words("请核对考务平台地址", "Check the center's address")
    retryable = False


class CaptivePortal(CenterError):
    """Something between here and the center answers in its place."""

    code = "captive_portal"
    message = Words("网络需要登录认证后才能使用", "The network wants a log-in page first")
    hint = Words("请在浏览器中完成网络认证", "Open a browser and log in to the network")


class ProxyFailed(CenterError):
    """The proxy of this network cannot be reached, refuses, or wants a password."""

    code = "proxy_failed"
    message = Words("网络代理服务器不可用", "The network's proxy does not let us through")
    hint = Words(
        "请检查系统代理设置，或换用不需代理的网络（如手机热点）",
        "Check the system's proxy settings, or use a network without one (a phone's hotspot)",
    )


class CenterSilent(CenterError):
    """The connection stands but nothing comes back."""

    code = "center_silent"
    message = Words("考务平台没有应答", "The center does not answer")


class OrderNotTaken(CenterError):
    """What a person ordered needs the center, which gave no answer: nothing was done, and nothing repeats it."""

    code = "order_not_taken"
    message = Words("考务平台没有答复，刚才的操作没有完成", "The center did not answer; nothing was done")
    hint = Words("请检查网络，然后再点一次", "Check the network, then press again")
    retryable = False


class CenterBusy(CenterError):
    """The center asks to come back later (429, 503), after ``retry_after_s`` seconds when it says so."""

    code = "center_busy"
    message = Words("考务平台繁忙", "The center is busy")

    def __init__(self, detail: str = "", retry_after_s: float | None = None) -> None:
        super().__init__(detail)
        self.retry_after_s = retry_after_s


class TokenRefused(CenterError):
    """The token is expired, foreign or revoked."""

    code = "token_refused"
    message = Words("访问凭证无效或已过期", "The access token is expired or not valid here")


class UploadGone(CenterError):
    """The center no longer knows this upload; it is created again."""

    code = "upload_gone"
    message = Words("上传任务已失效", "The center no longer knows this upload")
    hint = Words("将自动重新创建", "It is created again by itself")


class UploadLocked(CenterError):
    """Another request holds this upload."""

    code = "upload_locked"
    message = Words("该片段正在被另一连接上传", "Another connection holds this upload")


class OffsetConflict(CenterError):
    """The offset offered is not the offset held."""

    code = "offset_conflict"
    message = Words("上传位置不一致", "The upload offset differs")


class TooLarge(CenterError):
    """The center refuses the size."""

    code = "too_large"
    message = Words("片段超过平台允许的大小", "The center refuses a file of this size")
    hint = Words("请联系技术服务人员", "Please call support")
    retryable = False


class ClockWrong(CenterError):
    """This machine's clock differs from center time."""

    code = "clock_wrong"
    message = Words("本机时间与考试系统时间不一致", "This machine's clock differs from center time")
    hint = Words("不影响录制与上传，以考试系统时间为准", "Recording goes on; center time counts")
