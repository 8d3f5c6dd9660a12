from settlements.services.review.running import finding_counts, review_batch

__all__ = ["finding_counts", "review_batch"]
