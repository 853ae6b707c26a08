"""The sentences of the pages that are no error's: stage titles, rules of the room, what is true on the upload page."""

from domain.errors import Words
from domain.stage import Stage
from domain.status import LocalSessionState
from domain.window import Assessment

TITLES: dict[Stage, Words] = {
    Stage.DEVICES: Words("设备准备", "Devices"),
    Stage.LOGIN: Words("人脸登录", "Face login"),
    Stage.BINDING: Words("佐证绑定", "Phone"),
    Stage.ATTACHMENTS: Words("阅读考试附件", "Attachments"),
    Stage.ENTER: Words("进入考试", "Enter"),
    Stage.CONFIRM: Words("设备确认", "Confirm devices"),
    Stage.ANSWERING: Words("开始答题", "Answer"),
    Stage.END: Words("结束考试", "End"),
}

RULES: dict[str, Words] = {
    "alone": Words("房间内只有我一人，光线充足，安静", "I am alone in a quiet, well-lit room"),
    "desk": Words(
        "桌面上只有一张空白 A4 纸和一支黑色中性笔", "On the desk: one blank sheet of A4 and one black pen, nothing else"
    ),
    "power": Words("笔记本已插上充电器", "The laptop's charger is plugged in"),
    "phone": Words("手机已设为勿扰并正在充电", "The phone is on do-not-disturb and charging"),
}

NETWORK_LOST = Words(
    "网络中断，请继续作答；视频已保存在本机，联网后自动上传",
    "No network: go on. The video is kept on this machine and is sent once there is network again",
)
NETWORK_LOST_BEFORE = Words(
    "暂时连不上考务平台，正在自动重试；请检查网络",
    "The center cannot be reached; it is tried again by itself. Check the network",
)
PRACTICE: dict[tuple[Stage, bool], Words] = {  # (stage, a rehearsal that cuts its line)
    (Stage.DEVICES, True): Words(
        "模拟测试：约 3 分钟走完全部环节，途中会主动断网一次，最后收到练习回执",
        "Rehearsal: every stage in about 3 minutes, the network cut once on purpose, a practice receipt at the end",
    ),
    (Stage.LOGIN, True): Words(
        "模拟测试：号码已填好。没有您的报名照片，以本次第一张清晰画面比对；人脸不通过时请技术服务人员办理，会立即通过",
        "Rehearsal: the numbers are filled in. Your photo is not known: the first clear picture is compared with. "
        "If it does not pass, ask support: you are let in at once",
    ),
    (Stage.LOGIN, False): Words(
        "练习：号码已填好。照片不是您本人，人脸不会通过，请选择由技术服务人员办理",
        "Practice: the numbers are filled in. The photo is not yours: let support log you in",
    ),
    (Stage.ENTER, True): Words(
        "模拟测试：点击【进入考试】后约半分钟开考", "Rehearsal: it starts about half a minute after you enter"
    ),
    (Stage.ANSWERING, True): Words(
        "模拟测试：稍后会主动断网约 20 秒，请照常作答",
        "Rehearsal: soon the network is cut for some 20 seconds; go on answering",
    ),
}
PRACTICE_CUT = Words(
    "模拟断网：程序正在主动断开网络，约 20 秒后恢复。录制和答题不受影响，之后自动补传",
    "Network cut on purpose for some 20 seconds. Recording and answering go on; what is missing is sent afterwards",
)
CLOCK_ESTIMATED = Words("时间为估计值，联网后自动校准", "The time is an estimate until there is network")

ONE_DISPLAY = Words("不得多屏：请断开多余的显示器", "Only one display: disconnect the others")
SYNC_STARTING = (
    Words("正在准备上传，视频完好保存在本机", "The upload is being prepared; everything is safe on this machine"),
    Words("请不要关机", "Leave the machine on"),
)


def end_words(
    state: LocalSessionState | None, assessment: Assessment, *, online: bool, practice: bool
) -> tuple[Words, Words]:
    """(what is true now, what to do) on the upload page."""
    leave = Words(
        "可以关闭窗口。成绩公布之前，请勿卸载软件或删除文件。",
        "You may close the window. Delete nothing until results are out.",
    )
    if assessment is Assessment.CLOSED_WITH_LOSS:
        return (
            Words(
                "本场面试已按缺失说明结案：部分数据无法收齐，已收到的有效",
                "This interview was closed with declared loss: not everything could arrive; what has arrived counts",
            ),
            leave
            if state is LocalSessionState.SUBMITTED
            else Words(
                "本机尚有未上传的数据，仍会继续上传，请保持联网；有疑问请拨打技术服务电话",
                "What is left here is still sent: stay online; call support if anything is unclear",
            ),
        )
    if state is LocalSessionState.CONFIRMED:
        receipt = "练习回执" if practice else "数据接收回执"
        late = "（超时完成）" if assessment is Assessment.CONFIRMED_LATE else ""
        return Words(
            f"上传成功{late}，{receipt}已保存在本机", "Everything has arrived; your receipt is kept here"
        ), leave
    if state is LocalSessionState.SUBMITTED:
        return (
            Words(
                "本机数据上传成功，等待手机佐证视频",
                "This laptop's part has arrived; the phone's video is still to come",
            ),
            Words("请在手机上停止拍摄，并保持手机联网", "Stop the recording on the phone and keep it online"),
        )
    wait = Words(
        "请不要关机；关闭窗口也不会中断上传", "Leave the machine on; closing the window does not stop the upload"
    )
    if assessment is Assessment.LATE:
        return (
            Words("已超过 60 分钟，仍在上传；视频完好保存在本机", "Over 60 minutes; still sending. Nothing is lost"),
            Words(
                "请立即拨打技术服务电话；不要关机。网络不行时可用【离线数据包】",
                "Call support now; leave the machine on. Without a network use the rescue bundle",
            ),
        )
    if not online:
        return (
            Words("网络不通，视频完好保存在本机", "No network; everything is safe on this machine"),
            Words(
                "请重新连接网络，上传会自动继续；一直不通时，可用【离线数据包】存到 U 盘",
                "Connect to a network; the upload goes on by itself. If it stays away, use the rescue bundle",
            ),
        )
    if assessment is Assessment.AT_RISK:
        return Words("正在上传，可能超过 60 分钟", "Sending; it may take over 60 minutes"), Words(
            "请换用更快的网络，或联系技术服务人员；不要关机",
            "Use a faster network, or call support; leave the machine on",
        )
    return Words("正在上传面试视频", "Sending the video"), wait
