import { Badge } from "@/components/ui/badge";
import type { ReviewSummary } from "@/server/reviews/contract";

const LABELS: Readonly<Record<ReviewSummary["status"], string>> = {
  open: "Waits for a review",
  approved: "Approved",
  changes_requested: "Changes asked for",
  published: "Published",
  withdrawn: "Withdrawn",
};

export function ReviewStatus({ review }: { review: Pick<ReviewSummary, "status" | "isStale"> }) {
  return (
    <>
      <Badge tone={review.status === "approved" ? "accent" : undefined}>{LABELS[review.status]}</Badge>
      {review.isStale ? <Badge>Draft changed since</Badge> : null}
    </>
  );
}
