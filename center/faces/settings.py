"""Every number a face login is decided by. Owns the defaults and why they are what they are (docs/faces.md)."""

from dataclasses import dataclass

MIB = 1 << 20


@dataclass(frozen=True, slots=True)
class FaceSettings:
    """Thresholds of one center; similarities are cosines (-1 to 1), times are milliseconds, sizes are pixels.

    ``yaw`` and ``pitch`` are unit-free positions of the nose between the eyes and between eyes and mouth
    (``center.faces.pose``). Calibrate per deployment.
    """

    # pictures
    frame_bytes: int = MIB // 2
    frame_pixels: int = 1920 * 1200
    photo_bytes: int = 12 * MIB
    photo_pixels: int = 50_000_000
    side: int = 640  # longer side every picture is shrunk to
    # one face, large, lit, sharp and frontal enough
    detect_score: float = 0.7
    nms: float = 0.3
    clear_score: float = 0.8  # below: something covers the face
    eyes: float = 24.0  # distance between the eyes; SFace's own crop has 35
    edge: float = 0.03  # share of the face's box that may lie outside the picture
    luma: float = 50.0  # mean of the 112 px crop, 0 to 255
    sharpness: float = 100.0  # variance of the Laplacian of the 112 px crop
    frontal_yaw: float = 0.22
    frontal_pitch_low: float = 0.36
    frontal_pitch_high: float = 0.74
    mask_gap: float = 14.0  # chroma distance nose bridge to lower cheeks and chin; staff warning only
    # the same person
    accept: float = 0.40
    retry: float = 0.33
    turned_match: float = 0.20  # while the head is turned SFace is weaker; strangers stay below
    agree: int = 3
    window: int = 5
    look_frames: int = 16
    # alive
    turns: int = 3
    turn_yaw: float = 0.10  # about 20 degrees
    turn_pitch: float = 0.03  # about 20 degrees
    center_share: float = 0.7  # of a turn's threshold: within it the head is back
    wrong_share: float = 1.3  # of a turn's threshold: so far another way is a wrong turn
    hold: int = 3  # frames in a row that show a turn
    back_hold: int = 2  # and the way back
    misses: int = 1  # wrong turns forgiven
    # time
    look_ms: int = 60_000
    turn_ms: int = 12_000
    lost_ms: int = 1_500  # no face, or more than one, for longer: someone may have been exchanged
    stall_ms: int = 5_000  # no frame for longer while the challenge runs

    def __post_init__(self) -> None:
        """Raises ValueError for settings that decide nothing."""
        ordered = -1 < self.turned_match <= self.retry <= self.accept < 1
        counted = 1 <= self.agree <= self.window and self.look_frames >= self.window
        alive = (
            self.turns >= 1
            and min(self.hold, self.back_hold) >= 1
            and self.misses >= 0
            and 0 < self.center_share < 1 <= self.wrong_share
        )
        if not (ordered and counted and alive):
            raise ValueError("face settings contradict each other")
