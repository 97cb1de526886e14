"""What can go wrong with the embedded stack, as facts a caller can tell apart."""


class StackError(RuntimeError):
    """The embedded stack cannot do what was asked; the message says why and what to do.

    `code` is one of: home_in_use, home_unusable, jars_differ, jars_unreachable, process_failed, no_account.
    """

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
