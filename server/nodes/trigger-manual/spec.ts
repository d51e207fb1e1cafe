import { z } from "zod";
import type { KindSpec } from "@/server/nodes/kind";
import { ONLY_OUT } from "@/server/nodes/outputs";

export const config = z.strictObject({});

export const triggerManual = {
  kind: "trigger.manual",
  version: 1,
  role: "trigger",
  title: "Manual start",
  summary: "Starts the run from the app, the API or the command line. The form comes from the workflow's input schema; the output is the run's input.",
  group: "Triggers",
  icon: "play",
  config,
  ports: ONLY_OUT,
} as const satisfies KindSpec;
