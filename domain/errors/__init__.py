"""The one tree of errors.

::

    ZhishiError
    ├── BadInput            what was given cannot be used; the same again will fail again
    ├── EvidenceError       something is wrong with recorded files; they are kept as they are
    ├── DeviceError         camera, microphone, screen
    ├── StorageError        disk full, unreadable, read-only
    ├── ServiceError        another program of ours is missing, doubled or broken
    └── CenterError         the center cannot be reached or says no

Every class carries a stable ``code``, a plain sentence and a next step in Chinese and English, and whether the
program tries again by itself (``retryable``). ``detail`` names the exact path, value or answer. Foreign exceptions
are translated into this tree once, at the border of the package that meets them.
"""

from domain.errors.center import (
    CaptivePortal,
    CenterBusy,
    CenterError,
    CenterSilent,
    CenterUnknown,
    CenterUnreachable,
    ClockWrong,
    OffsetConflict,
    TokenRefused,
    TooLarge,
    UploadGone,
    UploadLocked,
)
from domain.errors.interview import (
    ActOver,
    AttachmentUnknown,
    ConsentMissing,
    ConsentOutdated,
    DoorClosed,
    EnrolmentRefused,
    EnterTooEarly,
    LoginActive,
    LoginOver,
    LoginRefused,
    LoginTooEarly,
    LoginUnfinished,
    ProjectUnknown,
    QuestionsMissing,
    QuestionsSealed,
    StageClosed,
)
from domain.errors.laptop import (
    AlreadyRunning,
    BadInput,
    ChainBroken,
    CodeWrong,
    DeviceBusy,
    DeviceError,
    DiskFull,
    DiskNearlyFull,
    EvidenceError,
    HashMismatch,
    IdentityConflict,
    NoDevice,
    NoFrames,
    NotRunning,
    PackDamaged,
    ProjectInvalid,
    QueueCorrupt,
    QueueNewer,
    RecordingFailed,
    SealDamaged,
    SegmentDamaged,
    SegmentTruncated,
    ServiceError,
    SignatureInvalid,
    SpoolUnreadable,
    StorageError,
)
from domain.errors.staff import NotAllowed, SignedOut, SignInRefused
from domain.errors.tree import (
    Words,
    ZhishiError,
    all_errors,
)

__all__ = [
    "ActOver",
    "AlreadyRunning",
    "AttachmentUnknown",
    "BadInput",
    "CaptivePortal",
    "CenterBusy",
    "CenterError",
    "CenterSilent",
    "CenterUnknown",
    "CenterUnreachable",
    "ChainBroken",
    "ClockWrong",
    "CodeWrong",
    "ConsentMissing",
    "ConsentOutdated",
    "DeviceBusy",
    "DeviceError",
    "DiskFull",
    "DiskNearlyFull",
    "DoorClosed",
    "EnrolmentRefused",
    "EnterTooEarly",
    "EvidenceError",
    "HashMismatch",
    "IdentityConflict",
    "LoginActive",
    "LoginOver",
    "LoginRefused",
    "LoginTooEarly",
    "LoginUnfinished",
    "NoDevice",
    "NoFrames",
    "NotAllowed",
    "NotRunning",
    "OffsetConflict",
    "PackDamaged",
    "ProjectInvalid",
    "ProjectUnknown",
    "QuestionsMissing",
    "QuestionsSealed",
    "QueueCorrupt",
    "QueueNewer",
    "RecordingFailed",
    "SealDamaged",
    "SegmentDamaged",
    "SegmentTruncated",
    "ServiceError",
    "SignInRefused",
    "SignatureInvalid",
    "SignedOut",
    "SpoolUnreadable",
    "StageClosed",
    "StorageError",
    "TokenRefused",
    "TooLarge",
    "UploadGone",
    "UploadLocked",
    "Words",
    "ZhishiError",
    "all_errors",
]
