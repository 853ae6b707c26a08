"""What the center says no to when staff sign in or act."""

from domain.errors.center import CenterError
from domain.errors.tree import Words


class SignInRefused(CenterError):
    """Name, password or one-time code are not right; which of them is not told."""

    code = "sign_in_refused"
    message = Words("账号、密码或动态口令不正确", "Name, password or one-time code is not right")
    hint = Words("请核对后重试；动态口令每 30 秒更换", "Check them; the one-time code changes every 30 seconds")
    retryable = False


class SignedOut(CenterError):
    """There is no sign-in, or it is over."""

    code = "signed_out"
    message = Words("尚未登录，或登录已过期", "You are not signed in, or no longer")
    hint = Words("请重新登录", "Sign in again")
    retryable = False


class NotAllowed(CenterError):
    """The role does not have this right."""

    code = "not_allowed"
    message = Words("当前账号无权进行此操作", "Your role may not do this")
    hint = Words("如有需要，请联系管理员", "Ask an administrator if you need it")
    retryable = False
