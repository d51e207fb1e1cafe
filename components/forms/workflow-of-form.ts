"use client";

import { createContext } from "react";

/** Id of the workflow that a form is about: it says which secrets can be named. Null: of the whole workspace. */
export const WorkflowOfForm = createContext<string | null>(null);
