/** What stands in the field at fault. */
export function FailedExpression({ text }: { text: string }) {
  return <pre className="mt-2 overflow-x-auto rounded-md border bg-card p-2 font-mono text-xs text-foreground">{text}</pre>;
}
