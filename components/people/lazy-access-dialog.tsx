"use client";

import dynamic from "next/dynamic";

/** Loaded when somebody opens it. */
export const AccessDialog = dynamic(() => import("./access-dialog").then((module) => module.AccessDialog), { ssr: false });
