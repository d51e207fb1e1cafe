export { commentReview, decideReview, requestReview, withdrawReview } from "./decide";
export { getProtection, getReview, listReviews } from "./view";
