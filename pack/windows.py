"""What Windows is told of the two programs: the manifest and the version resource. Pure.

``zhishi.exe`` has a console, for status and doctor; ``zhishiw.exe`` has none: window, recorder, sync daemon.
"""

MANIFEST = """\
<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<assembly xmlns="urn:schemas-microsoft-com:asm.v1" manifestVersion="1.0">
  <trustInfo xmlns="urn:schemas-microsoft-com:asm.v3">
    <security>
      <requestedPrivileges><requestedExecutionLevel level="asInvoker" uiAccess="false"/></requestedPrivileges>
    </security>
  </trustInfo>
  <compatibility xmlns="urn:schemas-microsoft-com:compatibility.v1">
    <application><supportedOS Id="{8e0f7a12-bfb3-4fe8-b9a5-48fd50a15a9a}"/></application>
  </compatibility>
  <application xmlns="urn:schemas-microsoft-com:asm.v3">
    <windowsSettings>
      <dpiAwareness xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">PerMonitorV2</dpiAwareness>
      <longPathAware xmlns="http://schemas.microsoft.com/SMI/2016/WindowsSettings">true</longPathAware>
      <activeCodePage xmlns="http://schemas.microsoft.com/SMI/2019/WindowsSettings">UTF-8</activeCodePage>
    </windowsSettings>
  </application>
</assembly>
"""


def version_resource(version: str) -> str:
    """As PyInstaller reads it; Windows shows it in the file's properties and in the firewall's question."""
    numbers = tuple(int(part) for part in version.split(".")[:3])
    quad = (*numbers, *(0,) * (4 - len(numbers)))
    return f"""\
VSVersionInfo(
  ffi=FixedFileInfo(filevers={quad}, prodvers={quad}, mask=0x3f, flags=0x0, OS=0x40004, fileType=0x1, subtype=0x0),
  kids=[
    StringFileInfo([StringTable('080404b0', [
      StringStruct('FileDescription', '智试云'),
      StringStruct('FileVersion', '{version}'),
      StringStruct('ProductName', '智试云 zhishi'),
      StringStruct('ProductVersion', '{version}'),
      StringStruct('LegalCopyright', 'Apache-2.0'),
    ])]),
    VarFileInfo([VarStruct('Translation', [0x0804, 1200])]),
  ],
)
"""
