"""What is said about a face: faults of a picture, cues of a login, reasons of its end, concerns for staff.

Owns the codes and their words. Decides nothing.
"""

from enum import StrEnum

from domain.errors import Words


class Fault(StrEnum):
    """What is wrong with one picture; the first that applies is told first."""

    NO_FACE = "no_face"
    SEVERAL_FACES = "several_faces"
    TOO_SMALL = "too_small"
    OFF_EDGE = "off_edge"
    TOO_DARK = "too_dark"
    COVERED = "covered"
    BLURRED = "blurred"
    NOT_FRONTAL = "not_frontal"


class Turn(StrEnum):
    """A head turn, from the candidate's own point of view."""

    LEFT = "left"
    RIGHT = "right"
    UP = "up"
    DOWN = "down"


class Cue(StrEnum):
    """What the candidate is to do now."""

    LOOK_STRAIGHT = "look_straight"
    HOLD_STILL = "hold_still"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    TURN_UP = "turn_up"
    TURN_DOWN = "turn_down"
    BACK = "back"
    OTHER_WAY = "other_way"
    SHOW_FACE = "show_face"
    ALONE = "alone"
    COME_CLOSER = "come_closer"
    MIDDLE = "middle"
    MORE_LIGHT = "more_light"
    UNCOVER = "uncover"
    SHARPEN = "sharpen"
    FROZEN = "frozen"
    DONE = "done"


class Reason(StrEnum):
    """Why an attempt ended."""

    MATCHED = "matched"
    NOT_SAME_PERSON = "not_same_person"
    UNSURE = "unsure"
    FACE_CHANGED = "face_changed"
    FACE_LOST = "face_lost"
    SEVERAL_FACES = "several_faces"
    NO_TURN = "no_turn"
    WRONG_TURN = "wrong_turn"
    TOO_SLOW = "too_slow"
    STALLED = "stalled"


class Concern(StrEnum):
    """For staff only; never a reason to refuse."""

    MASK = "mask"
    REPEATED_FRAMES = "repeated_frames"
    WRONG_TURN = "wrong_turn"
    NARROW_MATCH = "narrow_match"


TURN_CUE = {
    Turn.LEFT: Cue.TURN_LEFT,
    Turn.RIGHT: Cue.TURN_RIGHT,
    Turn.UP: Cue.TURN_UP,
    Turn.DOWN: Cue.TURN_DOWN,
}

FAULT_CUE = {
    Fault.NO_FACE: Cue.SHOW_FACE,
    Fault.SEVERAL_FACES: Cue.ALONE,
    Fault.TOO_SMALL: Cue.COME_CLOSER,
    Fault.OFF_EDGE: Cue.MIDDLE,
    Fault.TOO_DARK: Cue.MORE_LIGHT,
    Fault.COVERED: Cue.UNCOVER,
    Fault.BLURRED: Cue.SHARPEN,
    Fault.NOT_FRONTAL: Cue.LOOK_STRAIGHT,
}

CUE_WORDS = {
    Cue.LOOK_STRAIGHT: Words("请正对摄像头", "Look straight into the camera"),
    Cue.HOLD_STILL: Words("很好，请保持不动", "Good, hold still"),
    Cue.TURN_LEFT: Words("请慢慢向您的左侧转头", "Turn your head slowly to your left"),
    Cue.TURN_RIGHT: Words("请慢慢向您的右侧转头", "Turn your head slowly to your right"),
    Cue.TURN_UP: Words("请慢慢抬头", "Raise your head slowly"),
    Cue.TURN_DOWN: Words("请慢慢低头", "Lower your head slowly"),
    Cue.BACK: Words("很好，请转回正对摄像头", "Good, now look straight again"),
    Cue.OTHER_WAY: Words("方向不对，请先转回正面", "Not that way; look straight again first"),
    Cue.SHOW_FACE: Words("没有看到人脸，请坐到摄像头正前方", "No face is seen; sit right before the camera"),
    Cue.ALONE: Words("画面中只能有您一人", "Only you may be in the picture"),
    Cue.COME_CLOSER: Words("请靠近摄像头一些", "Come closer to the camera"),
    Cue.MIDDLE: Words("请让整张脸都在画面之内", "Move so that your whole face is in the picture"),
    Cue.MORE_LIGHT: Words("光线太暗，请让脸部亮一些", "Too dark; get more light on your face"),
    Cue.UNCOVER: Words("请摘下口罩等遮挡物，露出整张脸", "Take off any mask or cover and show your whole face"),
    Cue.SHARPEN: Words("画面不清晰，请擦拭镜头并保持不动", "Not sharp; wipe the lens and hold still"),
    Cue.FROZEN: Words("画面没有变化，请检查摄像头", "The picture does not change; check the camera"),
    Cue.DONE: Words("人脸验证通过", "Your face is confirmed"),
}

REASON_WORDS = {
    Reason.MATCHED: CUE_WORDS[Cue.DONE],
    Reason.NOT_SAME_PERSON: Words(
        "与报名照片不符，可点击【求助】由技术服务人员核验",
        "This does not match the registered photo; support can check you in",
    ),
    Reason.UNSURE: Words(
        "暂时无法确认，请改善光线、摘下眼镜后重试", "Not sure yet; improve the light, take off glasses and try again"
    ),
    Reason.FACE_CHANGED: Words("转头过程中人脸不一致，请重试", "The face changed while turning; try again"),
    Reason.FACE_LOST: Words("人脸离开了画面，请重试", "Your face left the picture; try again"),
    Reason.SEVERAL_FACES: Words("画面中出现多人，请独自重试", "Several faces were seen; try again alone"),
    Reason.NO_TURN: Words("没有看到转头动作，请重试，动作可以大一些", "No turn was seen; try again with a larger turn"),
    Reason.WRONG_TURN: Words("转头方向与提示不符，请重试", "The turns were not the ones asked for; try again"),
    Reason.TOO_SLOW: Words("用时过长，请重试", "That took too long; try again"),
    Reason.STALLED: Words("画面传输中断，请重试", "The pictures stopped coming; try again"),
}

PHOTO_WORDS = {
    Fault.NO_FACE: Words(
        "照片中没有找到人脸，请更换为清晰的正面证件照", "No face is found in the photo; use a clear frontal ID photo"
    ),
    Fault.SEVERAL_FACES: Words(
        "照片中不止一张人脸，请更换为单人证件照", "The photo shows more than one face; use one of the candidate alone"
    ),
    Fault.TOO_SMALL: Words(
        "照片中的人脸太小，请裁剪或更换照片", "The face in the photo is too small; crop it or use another"
    ),
    Fault.OFF_EDGE: Words("照片中的人脸不完整，请更换照片", "The face is cut off at the photo's edge; use another"),
    Fault.TOO_DARK: Words("照片太暗，请更换照片", "The photo is too dark; use another"),
    Fault.COVERED: Words("照片中的人脸被遮挡，请更换照片", "The face in the photo is covered; use another"),
    Fault.BLURRED: Words("照片不清晰，请更换照片", "The photo is not sharp; use another"),
    Fault.NOT_FRONTAL: Words("照片不是正面，请更换为正面证件照", "The photo is not frontal; use a frontal one"),
}
