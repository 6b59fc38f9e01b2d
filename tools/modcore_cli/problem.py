"""What the user has to hear about, as opposed to a bug of ours."""


class Problem(Exception):
    """Something is wrong that the user can put right.

    Args:
        message: what is wrong, one sentence or more.
        advice: what to do about it, or empty when the message says it.
    """

    def __init__(self, message, advice=""):
        super().__init__(message)
        self.message = message
        self.advice = advice
