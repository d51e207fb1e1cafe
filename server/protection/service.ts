export { publishedWithReview, requireReviewed } from "./gate";
export { isLockedFor, keepReviews, requireUnlocked, reviewRulesOf } from "./hold";
export { listRules, setRule } from "./rules";
