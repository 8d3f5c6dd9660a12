"""The pages of the app. What waits for whom is entered when any of them is loaded."""

from supervision.views import queues

__all__ = ["queues"]
