const keyOf = (workflowId: string) => `millrace-input:${workflowId}`;
const MAX_CHARACTERS = 200_000;

/** The input that this browser used last for the workflow: the next run often wants nearly the same. */
export function lastInput(workflowId: string): unknown {
  try {
    const text = localStorage.getItem(keyOf(workflowId));
    return text === null ? undefined : (JSON.parse(text) as unknown);
  } catch {
    return undefined;
  }
}

export function rememberInput(workflowId: string, input: unknown): void {
  try {
    const text = JSON.stringify(input) ?? "";
    if (text !== "" && text.length <= MAX_CHARACTERS) localStorage.setItem(keyOf(workflowId), text);
  } catch {
    // Storage is refused or full: the form begins empty next time.
  }
}
