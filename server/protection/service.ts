export { approvalOf, publishingRulesOf, requireReviewed, requireVersionReviewed, reviewUsed, wasReviewed } from "./gate";
export { isLockedFor, keepReviews, lockedFor, locksPerson, requireUnlocked, reviewRulesOf, reviewsPerson } from "./hold";
export { listRules, setRule } from "./rules";
