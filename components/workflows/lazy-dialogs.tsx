"use client";

import dynamic from "next/dynamic";

/** With the validator of inputs: loaded when somebody opens them. */
export const RunDialog = dynamic(() => import("./run-dialog").then((module) => module.RunDialog), { ssr: false });
export const NewWorkflowDialog = dynamic(() => import("./new-workflow-dialog").then((module) => module.NewWorkflowDialog), { ssr: false });
