from settlements.services.review.running import begin_review, finding_counts, review_batch

__all__ = ["begin_review", "finding_counts", "review_batch"]
