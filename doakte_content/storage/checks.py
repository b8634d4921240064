"""What `manage.py check --deploy` says about the storage."""

from django.core.checks import Warning

from . import libreoffice, sandbox


def conversion_is_confined(app_configs, **kwargs) -> list[Warning]:
    """Return a warning where there is LibreOffice but no sandbox for it, with the reason."""
    program = libreoffice.find_program()
    reason = sandbox.why_not(program) if program else ""
    if not reason:
        return []
    hint = 'docs/operations.md, "Converting office files", says what the sandbox needs.'
    if libreoffice.unconfined_allowed():
        message = "Office files are converted without sandbox: what they refer to may be fetched"
        return [Warning(f"{message} ({reason}).", hint=hint, id="doakte_storage.W002")]
    return [Warning(f"Office files are not converted: {reason}.", hint=hint, id="doakte_storage.W001")]
