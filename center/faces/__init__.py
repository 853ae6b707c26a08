"""Faces: is the person before the laptop the one on the registered photo, and alive?

Owns the two models (YuNet finds, SFace compares), the judging of pictures, and the rules of a face login. Stores
nothing, logs no picture, keeps no clock and no random source, and never touches the network. Certified
anti-spoofing it is not (docs/faces.md).

What others call::

    from center.faces.attempt import LoginAttempt, Verdict          # pure, cheap to import
    from center.faces.challenge import draw_challenge
    from center.faces.checker import FaceChecker                    # loads OpenCV (about 0.3 s)
    from center.faces.desk import FaceDesk
    from center.faces.settings import FaceSettings

    checker = FaceChecker(FaceSettings())             # raises FaceModelsMissing; loads 11 MB, thread-safe, blocking
    checker.check_photo(photo: bytes) -> PhotoReport  # .ok, .fault, .zh, .en; raises ImageRefused when it is no picture
    checker.register(photo: bytes) -> Template        # raises PhotoRefused (its detail says why), ImageRefused
    template.to_bytes() / Template.from_bytes(raw)    # 524 bytes, the only thing of a face that is to be stored;
                                                      # raises TemplateForeign when made by other models
    checker.observe(frame: bytes, template) -> Observation   # about 50 ms; raises ImageRefused (BadInput, HTTP 400)

    desk = FaceDesk(checker)                          # the same for routes: one thread, a bounded queue
    await desk.observe(frame, template)               # raises CenterBusy (503, Retry-After) when too many wait
    await desk.check_photo(photo); await desk.register(photo); desk.close()

    attempt = LoginAttempt.begin(draw_challenge(random, settings), now_ms)   # frozen; ``now_ms`` is center time
    attempt = attempt.step(observation, now_ms, settings)                    # once for every frame, in order
    attempt = attempt.tick(now_ms, settings)                                 # no frame, only time has passed
    attempt.verdict    # running | passed | retry | refused; all but running are final (further steps change nothing)
    attempt.reason     # why it ended: Reason (not_same_person, unsure, no_turn, wrong_turn, face_lost, too_slow, …)
    attempt.cue        # what to do now: Cue (look_straight, turn_left, come_closer, …), stable codes for pages
    attempt.guidance   # Words(zh, en) of the cue, or of the reason once it ended
    attempt.progress   # (done, of): parts of the challenge
    attempt.warnings   # frozenset of Concern, for staff only and never a reason to refuse (mask, repeated frames)
    attempt.summary()  # dict of numbers for the timeline (similarities, times; no picture, no embedding)
    attempt.to_dict() / LoginAttempt.from_dict(raw)   # JSON-ready, so that any worker can go on with it

How a route uses it: consent is checked before the first frame is asked for; every request carries one 640 px JPEG
still (four a second are plenty); ``retry`` may begin a new attempt with a new challenge, as often as the control
plane allows; ``refused`` offers support. left and right are the candidate's own; frames are not mirrored.
"""
