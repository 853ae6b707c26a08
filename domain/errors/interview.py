"""What the center says no to in an interview: login, doors, questions."""

from domain.errors.center import CenterError
from domain.errors.tree import Words


class EnrolmentRefused(CenterError):
    """The enrolment code is wrong, used up or expired."""

    code = "enrolment_refused"
    message = Words("登记码无效、已使用或已过期", "The enrolment code is wrong, used or expired")
    hint = Words("请核对后重新输入，或联系技术服务人员获取新登记码", "Check it, or ask support for a new code")
    retryable = False


class RehearsalClosed(CenterError):
    """The center has no project open for rehearsals."""

    code = "rehearsal_closed"
    message = Words("考务平台目前没有开放考前模拟测试", "The center has no rehearsal open now")
    hint = Words("请按通知的时间再来，或咨询技术服务人员", "Come back when it is announced, or ask support")
    retryable = False


class LoginRefused(CenterError):
    """Project, number or id number are not right; which of them is not told."""

    code = "login_refused"
    message = Words("项目代码、准考证号或证件号不正确", "Project code, number or id number is not right")
    hint = Words(
        "请对照准考证核对后重新输入，或联系技术服务人员", "Check them against your admission letter, or call support"
    )
    retryable = False


class LoginTooEarly(CenterError):
    """Login opens 30 minutes before the start."""

    code = "login_too_early"
    message = Words("尚未到登录时间：开考前 30 分钟开放登录", "Login opens 30 minutes before the start")
    hint = Words("请在开放后再登录", "Come back when it opens")
    retryable = False


class LoginActive(CenterError):
    """This candidate is logged in on another machine."""

    code = "login_active"
    message = Words("该考生已在另一台设备登录", "This candidate is logged in on another machine")
    hint = Words("不得多屏登录；如需更换设备，请联系技术服务人员", "To change machines, please call support")
    retryable = False


class LoginOver(CenterError):
    """A login that was begun is unknown here or took too long."""

    code = "login_over"
    message = Words("本次登录已超时", "This login took too long")
    hint = Words("请重新登录", "Begin the login again")
    retryable = False


class LoginUnfinished(CenterError):
    """A login was asked for what only a finished one has, or for another attempt that it may not have."""

    code = "login_unfinished"
    message = Words("登录尚未完成", "The login is not finished")
    hint = Words("请按页面提示完成，或联系技术服务人员", "Go on as the page says, or call support")
    retryable = False


class ConsentOutdated(CenterError):
    """Another version of a text was accepted than the one that is valid."""

    code = "consent_outdated"
    message = Words("告知内容已更新", "The text has changed")
    hint = Words("请重新阅读并确认", "Read it again and confirm")
    retryable = False


class ConsentMissing(CenterError):
    """A picture of a face came without consent to look at faces."""

    code = "consent_missing"
    message = Words("尚未同意人脸信息处理", "There is no consent to look at faces")
    hint = Words("可联系技术服务人员人工登录", "Support can log you in without your face")
    retryable = False


class ActOver(CenterError):
    """The login behind this ``act`` token is over: another took its place, or support ended it."""

    code = "act_over"
    message = Words("您的登录已失效", "Your login is no longer valid")
    hint = Words("录制与上传不受影响；请联系技术服务人员", "Recording and upload go on; please call support")
    retryable = False


class EnterTooEarly(CenterError):
    """The door opens 15 minutes before the start."""

    code = "enter_too_early"
    message = Words("尚未到进入时间：开考前 15 分钟开放", "The door opens 15 minutes before the start")
    hint = Words("开放后请点击【刷新】再点击【进入考试】", "Refresh when it opens, then enter")
    retryable = False


class DoorClosed(CenterError):
    """The interview has begun; nobody new can enter."""

    code = "door_closed"
    message = Words("面试已经开始，不能再进入", "The interview has begun; nobody can enter any more")
    hint = Words("请立即联系技术服务人员", "Please call support at once")
    retryable = False


class StageClosed(CenterError):
    """A stage was asked for before what comes ahead of it was done."""

    code = "stage_closed"
    message = Words("前面的环节尚未完成", "A stage before this one is not done")
    hint = Words("请先完成前面的环节", "Do it first")
    retryable = False


class QuestionsSealed(CenterError):
    """Questions, their key or a release code were asked for before the start."""

    code = "questions_sealed"
    message = Words("试题在开考后才能获取", "The questions stay sealed until the start")
    hint = Words("开考后自动显示，无需操作", "They appear by themselves at the start")
    retryable = True


class QuestionsMissing(CenterError):
    """The center has no questions for this batch yet."""

    code = "questions_missing"
    message = Words("试题尚未就绪", "The questions are not there yet")
    hint = Words("将自动重试，也可点击左上角按钮获取", "It is tried again by itself; you can also press the button")


class ProjectUnknown(CenterError):
    """No project has this code."""

    code = "project_unknown"
    message = Words("没有这个项目代码", "No project has this code")
    hint = Words("请对照准考证核对项目代码", "Check the code against your admission letter")
    retryable = False


class AttachmentUnknown(CenterError):
    """No attachment has this name."""

    code = "attachment_unknown"
    message = Words("没有这份附件", "There is no such attachment")
    hint = Words("请刷新附件列表", "Refresh the list")
    retryable = False


class BindingRefused(CenterError):
    """A binding code or link that is wrong, expired, or was used by another phone."""

    code = "binding_refused"
    message = Words("绑定码无效、已使用或已过期", "The binding code is wrong, used or expired")
    hint = Words(
        "请在电脑上点击【换一个二维码】，再扫一次", "Press 'New code' on the computer, then scan or type it again"
    )
    retryable = False


class PhoneUnknown(CenterError):
    """No phone of this session has this id, or it is not bound any more."""

    code = "phone_unknown"
    message = Words("没有这部手机，或它已经解除绑定", "There is no such phone, or it is not bound any more")
    hint = Words("请在手机上重新扫码", "Scan the code again with the phone")
    retryable = False


class PhoneUnapproved(CenterError):
    """A phone sent evidence before the candidate approved it on the laptop."""

    code = "phone_unapproved"
    message = Words("这部手机还没有在电脑上确认", "This phone was not approved on the computer yet")
    hint = Words("请在电脑的佐证绑定页面点击【确认绑定】", "Press 'Approve' on the computer's binding page")
