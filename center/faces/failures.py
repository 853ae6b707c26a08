"""The errors of faces. Owns their codes and words; no other module raises anything but these."""

from center.faces.words import PHOTO_WORDS, Fault
from domain.errors import BadInput, ServiceError, Words


class FaceModelsMissing(ServiceError):
    """The model files are not installed, or not the ones this program was tested with."""

    code = "face_models"
    message = Words("人脸识别模型缺失或不符", "The face models are missing or not the expected ones")
    hint = Words("请按锁定的依赖重新安装程序", "Install the program again from its locked requirements")


class ImageRefused(BadInput):
    """The bytes are no picture that can be used: wrong format, too large, damaged."""

    code = "image_refused"
    message = Words("图片无法使用", "The picture cannot be used")
    hint = Words("请使用 JPEG 或 PNG 格式的普通照片", "Use an ordinary JPEG or PNG picture")


class PhotoRefused(BadInput):
    """A registered photo does not do; ``fault`` says why, and message and hint say it to people."""

    code = "photo_refused"
    message = Words("报名照片不合格", "The registered photo does not do")
    hint = Words("请更换为清晰的单人正面证件照", "Use a clear frontal ID photo of the candidate alone")

    def __init__(self, detail: str = "", fault: Fault | None = None) -> None:
        super().__init__(detail)
        self.fault = fault

    @classmethod
    def of(cls, fault: Fault) -> "PhotoRefused":
        """The error that says ``fault`` in its own words."""
        words = PHOTO_WORDS[fault]
        return cls(f"{words.zh} / {words.en}", fault)


class TemplateForeign(BadInput):
    """A face template is damaged or was made by other models."""

    code = "template_foreign"
    message = Words("人脸模板已失效", "The face template is no longer valid")
    hint = Words("请从报名照片重新生成", "Make it again from the registered photo")
