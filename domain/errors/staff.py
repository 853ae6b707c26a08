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


class SamePerson(CenterError):
    """What takes two people was confirmed by the one who proposed it."""

    code = "same_person"
    message = Words("须由另一名工作人员确认", "Somebody else has to confirm this")
    hint = Words(
        "请另一名有权限的工作人员用自己的账号确认", "Ask another member of staff to confirm with their own account"
    )
    retryable = False


class ProposalVoid(CenterError):
    """There is no proposal to confirm or withdraw, or whoever made it may not make it any more."""

    code = "proposal_void"
    message = Words("没有可确认的提议，或提议已失效", "There is no proposal to confirm, or it is void")
    hint = Words("请刷新页面查看现状，必要时重新提出", "Look again how it stands, and propose it anew if need be")
    retryable = False


class EvidenceKept(CenterError):
    """The center may not delete this evidence yet."""

    code = "evidence_kept"
    message = Words("按规定现在不能删除", "The rules do not let this be deleted yet")
    hint = Words("请查看页面写明的保留原因", "See why it stays")
    retryable = False


class StatusUnknown(CenterError):
    """The public status page was asked with a number and a support code that do not belong together."""

    code = "status_unknown"
    message = Words("准考证号或服务码不正确", "The number or the support code is not right")
    hint = Words(
        "请对照准考证和智试云页面上的 8 位服务码核对，或拨打技术服务电话",
        "Check the admission letter and the 8 digits on the program's pages, or call support",
    )
    retryable = False
