"""Reading media files just far enough to say what a browser must be told of them. Pure; never decodes."""

from domain.errors import FootageDamaged

_EBML = b"\x1a\x45\xdf\xa3"
_WEBM = {b"V_VP8": "vp8", b"V_VP9": "vp9", b"V_AV1": "av01.0.04M.08", b"A_OPUS": "opus", b"A_VORBIS": "vorbis"}
_MP4 = {b"vp09": "vp09.00.30.08", b"av01": "av01.0.04M.08", b"Opus": "opus", b"mp4a": "mp4a.40.2"}
_AVC = b"avcC"


def is_webm(head: bytes) -> bool:
    """Whether the file that begins with ``head`` is webm (else it is mp4, or nothing of ours)."""
    return head.startswith(_EBML)


def media_type(head: bytes) -> str:
    """The MIME type with codecs of the webm or fragmented mp4 file that begins with ``head``.

    Raises FootageDamaged when it holds no picture that browsers play.
    """
    if is_webm(head):
        found = [name for mark, name in _WEBM.items() if mark in head]
        kind, pictures = "video/webm", [mark for mark in _WEBM if mark.startswith(b"V_") and mark in head]
    else:
        found, kind = [], "video/mp4"
        at = head.find(_AVC)
        if at >= 0 and len(head) >= at + 8:
            found.append(f"avc1.{head[at + 5 : at + 8].hex()}")  # profile, constraints, level (ISO/IEC 14496-15)
        found += [name for mark, name in _MP4.items() if mark in head]
        pictures = [mark for mark in (_AVC, b"vp09", b"av01") if mark in head]
    if not pictures:
        raise FootageDamaged("no picture in it")
    return f'{kind}; codecs="{",".join(found)}"'
