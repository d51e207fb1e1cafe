"use client";

import dynamic from "next/dynamic";

/** With the validator of inputs: loaded when somebody opens them. */
export const RunDialog = dynamic(() => import("./run-dialog").then((module) => module.RunDialog), { ssr: false });
export const NewWorkflowDialog = dynamic(() => import("./new-workflow-dialog").then((module) => module.NewWorkflowDialog), { ssr: false });
export const PublishDialog = dynamic(() => import("./publish-dialog").then((module) => module.PublishDialog), { ssr: false });
export const RequestReviewDialog = dynamic(() => import("@/components/reviews/request-review-dialog").then((module) => module.RequestReviewDialog), { ssr: false });
