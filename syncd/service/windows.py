"""Windows: a task of the task scheduler (Task Scheduler schema 1.2), at logon and every five minutes after.

The scheduler knows no watchdog: a task that ended is started again by its repetition, and a second one beside a
running one is not started (IgnoreNew). A task before logon would need an administrator and a stored password.
"""

import subprocess
from collections.abc import Mapping
from xml.etree import ElementTree

from host.durable import translate, write_bytes
from syncd.service.orders import ask, order
from syncd.service.program import TITLE, Program, ServiceState

_NAMESPACE = "http://schemas.microsoft.com/windows/2004/02/mit/task"


def task_bytes(program: Program, user: str) -> bytes:
    """The task for ``user`` (``DOMAIN\\name``), as ``schtasks /XML`` takes it: UTF-16 with a byte order mark."""
    task = ElementTree.Element("Task", {"version": "1.2", "xmlns": _NAMESPACE})

    def put(parent: ElementTree.Element, name: str, text: str | None = None, **attributes: str) -> ElementTree.Element:
        child = ElementTree.SubElement(parent, name, attributes)
        child.text = text
        return child

    about = put(task, "RegistrationInfo")
    put(about, "Description", TITLE)
    trigger = put(put(task, "Triggers"), "LogonTrigger")
    again = put(trigger, "Repetition")
    put(again, "Interval", "PT5M")
    put(again, "StopAtDurationEnd", "false")
    put(trigger, "Enabled", "true")
    put(trigger, "UserId", user)
    principal = put(put(task, "Principals"), "Principal", id="Author")
    put(principal, "UserId", user)
    put(principal, "LogonType", "InteractiveToken")
    put(principal, "RunLevel", "LeastPrivilege")
    settings = put(task, "Settings")
    put(settings, "MultipleInstancesPolicy", "IgnoreNew")
    put(settings, "DisallowStartIfOnBatteries", "false")
    put(settings, "StopIfGoingOnBatteries", "false")
    put(settings, "AllowHardTerminate", "true")
    put(settings, "StartWhenAvailable", "true")
    put(settings, "RunOnlyIfNetworkAvailable", "false")
    idle = put(settings, "IdleSettings")
    put(idle, "StopOnIdleEnd", "false")
    put(idle, "RestartOnIdle", "false")
    put(settings, "AllowStartOnDemand", "true")
    put(settings, "Enabled", "true")
    put(settings, "Hidden", "false")
    put(settings, "ExecutionTimeLimit", "PT0S")
    put(settings, "Priority", "6")
    restart = put(settings, "RestartOnFailure")
    put(restart, "Interval", "PT1M")
    put(restart, "Count", "999")
    doing = put(put(task, "Actions", Context="Author"), "Exec")
    put(doing, "Command", program.arguments[0])
    put(doing, "Arguments", subprocess.list2cmdline(program.arguments[1:]))
    ElementTree.indent(task)
    text = ElementTree.tostring(task, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-16"?>\n{text}\n'.encode("utf-16")


class TaskScheduler:
    """The task scheduler, spoken to through schtasks. Environment variables cannot be handed over by a task."""

    def __init__(self, program: Program, environ: Mapping[str, str], user: str) -> None:
        self._program = program
        self._environ = environ
        self._user = user
        self._file = program.home.state / f"{program.name}.xml"

    def install(self) -> list[str]:
        """See ``ServiceManager``."""
        write_bytes(self._file, task_bytes(self._program, self._user))
        self._schtasks("/Create", "/F", "/XML", str(self._file))
        ask(("schtasks", "/End", "/TN", self._program.name), self._environ)  # an older one; it may not be running
        self._schtasks("/Run")
        return ["在您登录系统后自动运行 / It runs from the moment you log in to Windows"]

    def uninstall(self) -> None:
        """See ``ServiceManager``."""
        if not self._file.exists():
            return
        ask(("schtasks", "/End", "/TN", self._program.name), self._environ)
        self._schtasks("/Delete", "/F")
        with translate(self._file):
            self._file.unlink(missing_ok=True)

    def state(self) -> ServiceState:
        """See ``ServiceManager``."""
        code, words = ask(("schtasks", "/Query", "/TN", self._program.name, "/FO", "CSV", "/NH"), self._environ)
        # The state is told in the system's language; whether it runs is asked of the program itself.
        return ServiceState(
            installed=code == 0, running=code == 0, file=self._file, starts_alone=False, words=words[:200]
        )

    def starter(self) -> tuple[str, ...]:
        """See ``ServiceManager``."""
        return ("schtasks", "/Run", "/TN", self._program.name) if self._file.exists() else ()

    def _schtasks(self, verb: str, *more: str) -> str:
        return order(("schtasks", verb, "/TN", self._program.name, *more), self._environ)
