import { ownKey } from "@/components/data/own-storage";
import { withoutSecrets } from "@/components/forms/without-secrets";
import { useWorkspace } from "@/components/shell/workspace-context";

const MAX_CHARACTERS = 200_000;

export interface LastInput {
  read: () => unknown;
  remember: (input: unknown, schema: unknown) => void;
}

/** The input that this person used last for the workflow in this browser: the next run often wants nearly the same. */
export function lastInputOf(userId: string, workflowId: string): LastInput {
  const key = ownKey("input", userId, workflowId);
  return {
    read: () => {
      try {
        const text = localStorage.getItem(key);
        return text === null ? undefined : (JSON.parse(text) as unknown);
      } catch {
        return undefined;
      }
    },
    remember: (input, schema) => {
      try {
        const text = JSON.stringify(withoutSecrets(input, schema)) ?? "";
        if (text !== "" && text.length <= MAX_CHARACTERS) localStorage.setItem(key, text);
      } catch {
        // Storage is refused or full: the form begins empty next time.
      }
    },
  };
}

export function useLastInput(workflowId: string): LastInput {
  return lastInputOf(useWorkspace().user.id, workflowId);
}
