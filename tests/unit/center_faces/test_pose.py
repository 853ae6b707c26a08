"""The pose of a face from five points: free of roll and size, blind to anything flat."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from center.faces.pose import Landmarks, Pose, pose

# right eye, left eye, nose tip, mouth corners of a head, in eye distances; z towards the camera
HEAD = np.array([(-0.5, 0, 0), (0.5, 0, 0), (0, 0.6, 0.45), (-0.38, 1.08, 0.1), (0.38, 1.08, 0.1)])

small = st.floats(-35, 35)


def turned(yaw: float = 0.0, up: float = 0.0, roll: float = 0.0, scale: float = 60.0) -> Landmarks:
    a, b, c = math.radians(yaw), math.radians(up), math.radians(roll)
    about_y = np.array([[math.cos(a), 0, math.sin(a)], [0, 1, 0], [-math.sin(a), 0, math.cos(a)]])
    about_x = np.array([[1, 0, 0], [0, math.cos(b), -math.sin(b)], [0, math.sin(b), math.cos(b)]])
    about_z = np.array([[math.cos(c), -math.sin(c), 0], [math.sin(c), math.cos(c), 0], [0, 0, 1]])
    return points((HEAD @ (about_z @ about_x @ about_y).T)[:, :2] * scale + 200)


def points(array: np.ndarray) -> Landmarks:
    a, b, c, d, e = ((float(x), float(y)) for x, y in array)
    return a, b, c, d, e


def close(one: Pose, other: Pose) -> bool:
    return abs(one.yaw - other.yaw) < 1e-6 and abs(one.pitch - other.pitch) < 1e-6


@given(yaw=small, up=st.floats(-20, 20), roll=st.floats(-40, 40), scale=st.floats(20, 300))
def test_neither_roll_nor_size_changes_the_pose(yaw: float, up: float, roll: float, scale: float) -> None:
    assert close(pose(turned(yaw, up, roll, scale)), pose(turned(yaw, up)))


@given(less=st.floats(0, 34), more=st.floats(1, 35))
def test_a_larger_turn_shows_more(less: float, more: float) -> None:
    low, high = sorted((less, more + 0.5))
    if high - low < 0.5:
        high = low + 0.5
    assert pose(turned(yaw=low)).yaw < pose(turned(yaw=high)).yaw
    assert pose(turned(yaw=-low)).yaw > pose(turned(yaw=-high)).yaw
    assert pose(turned(up=low)).pitch > pose(turned(up=high)).pitch
    assert pose(turned(up=-low)).pitch < pose(turned(up=-high)).pitch


@given(
    stretch=st.tuples(st.floats(0.6, 1.4), st.floats(0.6, 1.4)),
    shear=st.floats(-0.3, 0.3),
)
def test_a_flat_photo_turned_far_from_the_camera_keeps_its_pose(stretch: tuple[float, float], shear: float) -> None:
    flat = HEAD[:, :2] * 60
    moved = flat @ np.array([[stretch[0], 0], [shear, stretch[1]]])  # what a turned sheet looks like
    assert abs(pose(points(moved)).yaw) < 1e-6
    assert abs(pose(points(moved)).pitch - pose(points(flat)).pitch) < 1e-6


def test_points_that_are_no_face_have_no_pose() -> None:
    nowhere = pose(((5, 5), (5, 5), (5, 5), (5, 5), (5, 5)))
    assert nowhere.eyes == 0
    assert math.isinf(nowhere.yaw)
    level = pose(((0, 0), (60, 0), (30, 0), (10, 1), (50, 1)))
    assert math.isinf(level.pitch)
