export { commentReview, decideReview, withdrawReview } from "./decide";
export { requestReview } from "./request";
export { getProtection, getReview, listReviews } from "./view";
