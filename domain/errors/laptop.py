"""What can go wrong on this machine: input, evidence, devices, disk, our own programs."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.errors.tree import Words, ZhishiError


class BadInput(ZhishiError):
    """What was given cannot be used."""

    code = "bad_input"
    message = Words("输入内容有误", "The input cannot be used")
    hint = Words("请按提示改正后重试", "Correct it as told and try again")


@dataclass(frozen=True, slots=True)
class Mistake:
    """One mistake in a project folder: where (``line`` 0: the whole file), what, and what to do."""

    file: str
    line: int
    what: Words
    remedy: Words

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        return f"{place}: {self.what.zh} / {self.what.en} → {self.remedy.zh} / {self.remedy.en}"


class ProjectInvalid(BadInput):
    """A project folder has mistakes; ``detail`` lists every one with file, line and remedy. Nothing was imported."""

    code = "project_invalid"
    message = Words("项目文件夹有错误，未导入任何内容", "The project folder has mistakes; nothing was imported")
    hint = Words("请逐条改正后重新导入", "Correct each of them and import again")

    def __init__(self, detail: str = "", mistakes: Sequence[Mistake] = ()) -> None:
        super().__init__(detail or "".join(f"\n  {mistake}" for mistake in mistakes))
        self.mistakes = tuple(mistakes)


class CodeWrong(BadInput):
    """A code that was read out does not fit."""

    code = "code_wrong"
    message = Words("口令不正确", "The code is not right")
    hint = Words("请与技术服务人员逐组核对后重新输入", "Compare it group by group with support and type it again")


class EvidenceError(ZhishiError):
    """Recorded files are not as they should be; nothing is deleted."""

    code = "evidence"
    message = Words("录制文件异常", "A recorded file is not as it should be")
    hint = Words("文件已原样保留，请联系技术服务人员", "The file is kept as it is; please call support")


class SealDamaged(EvidenceError):
    """A seal beside a segment is unreadable or cut short."""

    code = "seal_damaged"
    message = Words("片段的封存记录损坏", "The seal of a segment is damaged")


class SegmentDamaged(EvidenceError):
    """A segment's bytes no longer match its seal."""

    code = "segment_damaged"
    message = Words("片段内容与封存记录不符", "A segment no longer matches its seal")


class SegmentTruncated(EvidenceError):
    """A segment ends in the middle of an MP4 box."""

    code = "segment_truncated"
    message = Words("片段不完整", "A segment ends in the middle of a box")
    hint = Words("完整部分已保留并封存", "The whole part is kept and sealed")


class FootageDamaged(EvidenceError):
    """A verified segment arrived as it was sealed, but no player can make anything of it."""

    code = "footage_damaged"
    message = Words("这一段录像无法播放", "This stretch of footage cannot be played")
    hint = Words(
        "其余部分照常播放；原文件原样保留，可在结论中说明",
        "The rest plays as usual; the file is kept as it came. Say so in your conclusion",
    )


class ChainBroken(EvidenceError):
    """The links of a track do not follow each other."""

    code = "chain_broken"
    message = Words("片段链条不连续", "The chain of a track is broken")


class IdentityConflict(EvidenceError):
    """The same identity was offered with another hash; both are kept."""

    code = "identity_conflict"
    message = Words("同一片段出现两个不同内容", "One identity came with two different contents")
    hint = Words("两份内容均已保留，请联系技术服务人员", "Both are kept; please call support")


class HashMismatch(EvidenceError):
    """The bytes received do not have the hash that was sealed."""

    code = "hash_mismatch"
    message = Words("收到的内容校验不符", "The received bytes do not have the sealed hash")
    hint = Words("将自动重新上传", "It will be sent again by itself")
    retryable = True


class SignatureInvalid(EvidenceError):
    """A signature does not fit its key and text."""

    code = "signature_invalid"
    message = Words("签名无效", "The signature is not valid")
    hint = Words("请重新获取文件并核对密钥", "Get the file again and check the key")


class BundleDamaged(EvidenceError):
    """A rescue bundle is cut short or its bytes were changed."""

    code = "bundle_damaged"
    message = Words("离线数据包不完整或已损坏", "The rescue bundle is cut short or damaged")
    hint = Words(
        "请再导入一次；仍不行，请在考生电脑上重新导出，原视频还在那里",
        "Import it once more; else export it again on the candidate's computer, where everything still is",
    )


class BundleForeign(EvidenceError):
    """A file that was not sealed for this center, or is no rescue bundle."""

    code = "bundle_foreign"
    message = Words("这不是本考务平台的离线数据包", "This is not a rescue bundle for this center")
    hint = Words("请核对文件与考务平台地址", "Check the file and the center's address")


class DeviceError(ZhishiError):
    """A recording device cannot be used."""

    code = "device"
    message = Words("录制设备异常", "A recording device cannot be used")
    hint = Words("请检查设备连接后重试", "Check the device's connection and try again")


class NoDevice(DeviceError):
    """The named device is not there."""

    code = "no_device"
    message = Words("未找到录制设备", "The recording device is not there")
    hint = Words("请连接设备并点击【刷新设备】", "Connect it, then refresh the device list")


class DeviceBusy(DeviceError):
    """Another program holds the device."""

    code = "device_busy"
    message = Words("设备正被其他程序占用", "Another program is using the device")
    hint = Words("请关闭占用设备的程序", "Close the program that uses it")
    retryable = True


class NoFrames(DeviceError):
    """The device opened but gives no pictures."""

    code = "no_frames"
    message = Words("设备没有画面", "The device gives no picture")
    hint = Words("请检查系统权限与镜头遮挡", "Check the system's permission and the lens cover")
    retryable = True


class StorageError(ZhishiError):
    """The local disk refuses."""

    code = "storage"
    message = Words("本机磁盘读写失败", "The local disk refused")
    hint = Words("请联系技术服务人员，不要关机", "Please call support and leave the machine on")
    retryable = True


class DiskFull(StorageError):
    """No room left where the spool lives."""

    code = "disk_full"
    message = Words("磁盘空间不足", "The disk is full")
    hint = Words("请清理磁盘空间，录制会自动恢复", "Free some space; recording resumes by itself")


class DiskNearlyFull(StorageError):
    """Room for what is planned will not last."""

    code = "disk_nearly_full"
    message = Words("磁盘空间即将不足", "The disk is nearly full")
    hint = Words("请尽快清理磁盘空间", "Free some space soon")


class SpoolUnreadable(StorageError):
    """A file of the spool cannot be read."""

    code = "spool_unreadable"
    message = Words("录制文件无法读取", "A spool file cannot be read")


class PackDamaged(StorageError):
    """The question pack on this machine cannot be opened with its key."""

    code = "pack_damaged"
    message = Words("试题包损坏", "The question pack is damaged")
    hint = Words("请点击左上角按钮重新获取试题", "Fetch the questions again with the button at the top left")


class QueueNewer(StorageError):
    """queue.db was written by a newer version of the program."""

    code = "queue_newer"
    message = Words("上传队列由更新版本的程序创建", "The upload queue comes from a newer version")
    hint = Words("旧文件已另存，队列已从录制文件重建", "It was set aside and rebuilt from the spool")
    retryable = True


class QueueCorrupt(StorageError):
    """queue.db is damaged; it is set aside and rebuilt from the spool."""

    code = "queue_corrupt"
    message = Words("上传队列文件损坏", "The upload queue is damaged")
    hint = Words("旧文件已另存，队列已从录制文件重建", "It was set aside and rebuilt from the spool")
    retryable = True


class ServiceError(ZhishiError):
    """Another program of this product is missing, doubled or broken."""

    code = "service"
    message = Words("后台程序异常", "A background program has a problem")


class SleepNotPrevented(ServiceError):
    """The system does not let this program keep the machine awake; a machine asleep records and sends nothing."""

    code = "sleep_not_prevented"
    message = Words("无法阻止电脑自动休眠", "The computer cannot be kept from going to sleep")
    hint = Words(
        "请接通电源，在系统设置中关闭自动休眠，收到回执之前不要合上屏幕",
        "Plug it in, turn automatic sleep off in the system's settings, keep the lid open until the receipt is here",
    )
    retryable = True


class AlreadyRunning(ServiceError):
    """A second instance was started."""

    code = "already_running"
    message = Words("程序已在运行", "The program is running already")
    hint = Words("无需再次启动", "No need to start it again")


class NotRunning(ServiceError):
    """The asked program does not run."""

    code = "not_running"
    message = Words("程序未在运行", "The program is not running")
    hint = Words("请先启动该程序", "Start it first")
    retryable = True


class RecordingFailed(ServiceError):
    """ffmpeg ended although nobody asked it to."""

    code = "recording_failed"
    message = Words("录制意外中断", "Recording stopped unexpectedly")
    hint = Words("正在自动重新开始", "It restarts by itself")
    retryable = True


class ServiceUnsupported(ServiceError):
    """This system has no service manager that we know how to use."""

    code = "service_unsupported"
    message = Words("本系统没有可用的后台服务管理程序", "This system has no service manager we can use")
    hint = Words(
        "不影响考试：打开智试云时会自动启动同步程序", "No harm: the sync daemon starts whenever the program is opened"
    )


class ServiceManagerFailed(ServiceError):
    """systemd, launchd or the Windows task scheduler refused an order."""

    code = "service_manager_failed"
    message = Words("系统的服务管理程序拒绝了操作", "The system's service manager refused")
    hint = Words("请把括号中的内容告诉技术服务人员", "Please read the words in brackets to support")


class EvidenceStays(ServiceError):
    """The service may not be removed: evidence is unsent, or the rules do not allow its deletion yet."""

    code = "evidence_stays"
    message = Words("现在不能卸载：本机仍有必须保留的面试数据", "Not now: this machine holds evidence that must stay")
    hint = Words(
        "未上传的请保持联网直到上传成功；已上传的请等到成绩公布",
        "Unsent: stay online until it is confirmed. Sent: wait until the results are published",
    )
