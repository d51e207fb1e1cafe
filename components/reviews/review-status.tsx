import { Badge } from "@/components/ui/badge";
import type { ReviewSummary } from "@/server/reviews/contract";

const LABELS: Readonly<Record<ReviewSummary["status"], string>> = {
  open: "Waits for a review",
  approved: "Approved",
  changes_requested: "Changes asked for",
  published: "Published",
  deployed: "Promoted",
  withdrawn: "Withdrawn",
};

export function ReviewStatus({ review }: { review: Pick<ReviewSummary, "status" | "isStale" | "environment"> }) {
  return (
    <>
      <Badge tone={review.status === "approved" ? "accent" : undefined}>{LABELS[review.status]}</Badge>
      {review.isStale ? <Badge>{review.environment === null ? "Draft changed since" : `${review.environment.name} changed since`}</Badge> : null}
    </>
  );
}
