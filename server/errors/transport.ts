import type { DomainErrorKind } from "./domain-error";

export interface Transport {
  /** Code of tRPC 11. */
  trpc:
    | "UNAUTHORIZED"
    | "FORBIDDEN"
    | "NOT_FOUND"
    | "BAD_REQUEST"
    | "UNPROCESSABLE_CONTENT"
    | "CONFLICT"
    | "PRECONDITION_FAILED"
    | "PAYLOAD_TOO_LARGE"
    | "TOO_MANY_REQUESTS"
    | "SERVICE_UNAVAILABLE";
  status: number;
  /** Title of the problem document (RFC 9457): the same for every occurrence. */
  title: string;
}

/** How each kind of domain error travels. The only place that knows of protocols. */
export const TRANSPORT: Readonly<Record<DomainErrorKind, Transport>> = {
  unauthenticated: { trpc: "UNAUTHORIZED", status: 401, title: "Not signed in" },
  forbidden: { trpc: "FORBIDDEN", status: 403, title: "Not allowed" },
  foreign_origin: { trpc: "FORBIDDEN", status: 403, title: "Not from our pages" },
  proof_needed: { trpc: "FORBIDDEN", status: 403, title: "Proof needed" },
  not_found: { trpc: "NOT_FOUND", status: 404, title: "Not found" },
  invalid_input: { trpc: "BAD_REQUEST", status: 400, title: "Invalid input" },
  invalid_definition: { trpc: "UNPROCESSABLE_CONTENT", status: 422, title: "Invalid workflow definition" },
  bad_rows: { trpc: "UNPROCESSABLE_CONTENT", status: 422, title: "Bad rows" },
  name_taken: { trpc: "CONFLICT", status: 409, title: "Name already taken" },
  version_conflict: { trpc: "CONFLICT", status: 409, title: "Changed by someone else" },
  not_published: { trpc: "PRECONDITION_FAILED", status: 409, title: "Not published" },
  promotion_refused: { trpc: "UNPROCESSABLE_CONTENT", status: 422, title: "Not ready for the environment" },
  archived: { trpc: "PRECONDITION_FAILED", status: 409, title: "Archived" },
  in_use: { trpc: "CONFLICT", status: 409, title: "In use" },
  locked: { trpc: "FORBIDDEN", status: 403, title: "Locked" },
  review_needed: { trpc: "PRECONDITION_FAILED", status: 409, title: "Review needed" },
  review_refused: { trpc: "CONFLICT", status: 409, title: "Review refused" },
  identity_gone: { trpc: "CONFLICT", status: 409, title: "Identity gone" },
  run_finished: { trpc: "CONFLICT", status: 409, title: "Run has ended" },
  wait_closed: { trpc: "CONFLICT", status: 409, title: "Not waiting any more" },
  already_answered: { trpc: "CONFLICT", status: 409, title: "Already answered" },
  link_invalid: { trpc: "NOT_FOUND", status: 404, title: "Link not valid" },
  last_administrator: { trpc: "CONFLICT", status: 409, title: "Last administrator" },
  own_loss: { trpc: "PRECONDITION_FAILED", status: 409, title: "Own access" },
  last_owner: { trpc: "CONFLICT", status: 409, title: "Last owner" },
  wrong_person: { trpc: "FORBIDDEN", status: 403, title: "For somebody else" },
  too_large: { trpc: "PAYLOAD_TOO_LARGE", status: 413, title: "Too large" },
  quota_reached: { trpc: "TOO_MANY_REQUESTS", status: 429, title: "Quota used up" },
  limit_reached: { trpc: "CONFLICT", status: 409, title: "Limit reached" },
  rate_limited: { trpc: "TOO_MANY_REQUESTS", status: 429, title: "Too many requests" },
  unavailable: { trpc: "SERVICE_UNAVAILABLE", status: 503, title: "Temporarily unavailable" },
};
